"""Citizens: the handles they write from, and what may be shown of them."""

from django.db import models

from rabta.kit.ids import public_id


class Person(models.Model):
    """Somebody who wrote. To whoever may not know more, a person is an alias."""

    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    alias = models.CharField(max_length=20)
    language = models.CharField(max_length=8, blank=True)
    protected = models.BooleanField(default=False)
    first_seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.alias


class Handle(models.Model):
    """One number or id of a person, unique in its scheme.

    `digest` finds it again; `shown` (name and number under the desk key) is empty for the protected;
    `address` (sealed to the relay) is where answers go.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="handles")
    scheme = models.CharField(max_length=20)
    digest = models.BinaryField(max_length=16)
    shown = models.BinaryField(null=True)
    address = models.BinaryField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["scheme", "digest"], name="one_handle_per_scheme_and_digest")
        ]

    def __str__(self) -> str:
        return f"{self.scheme} handle {self.pk}"
