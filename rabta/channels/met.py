"""What somebody said to an officer, in person or by telephone, and the officer wrote down on the phone page (K15).

The body is that of the web form with `"met": "in_person" or "by_phone"` and `"entered_by"`, the officer's id. What was
said to others and shared by the officer has `"in_group" or "forwarded"`, and in `"joins"` the case that it goes to.
"""

from dataclasses import replace

from django.utils.translation import gettext_lazy as _

from rabta.channels import webform

CHANNEL = replace(webform.CHANNEL, kind="met", label=_("In person or by phone"))
