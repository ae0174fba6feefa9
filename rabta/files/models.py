"""What is known of a stored file. The bytes lie encrypted in the file store (`rabta.files.store`)."""

from django.db import models

from rabta.kit.ids import public_id


class StoredFile(models.Model):
    """An encrypted file. `sha256` is of the original bytes (evidence); `cleaned` is the copy made for handling."""

    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    kind = models.CharField(max_length=10)  # image, audio, video, document
    mime = models.CharField(max_length=100)
    name = models.CharField(max_length=200, blank=True)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    cleaned = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="original")
    stored_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.kind} {self.public_id}"
