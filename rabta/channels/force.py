"""Cases that another force's Rabta handed to ours (`web.api.handed`).

The body is that of the web form with `"met": "handed"`, `"handed_by"` (the code of that force), `"handed"` (the number
of its transfer) and `"tip"` (it was one there).
"""

from dataclasses import replace

from django.utils.translation import gettext_lazy as _

from rabta.channels import webform

CHANNEL = replace(webform.CHANNEL, kind="force", label=_("Another force"), steps=())
