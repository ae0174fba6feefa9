"""Files of sources that have no cleaned copy: a voice, a video, a document. They stay with the desk."""

from rabta.cases.models import Attachment, Message


def stays_at_desk(attachment: Attachment) -> bool:
    """Whether officers of units don't get this file: it came as it is from somebody who must not be known.

    A picture has a copy without the camera's notes. Of anything else officers read what the desk noted (`told`), until
    the desk lets the file go by itself (`released`).
    """
    message, file = attachment.message, attachment.file
    if attachment.released or file is None or file.kind == "image" or file.cleaned_id:
        return False
    return message.direction == Message.Direction.IN and message.hides_author
