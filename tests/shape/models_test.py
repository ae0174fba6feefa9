"""The model graph keeps to the layers of .importlinter: foreign keys given as strings escape the import linter."""

import configparser
from pathlib import Path

import pytest
from django.apps import apps

ROOT = Path(__file__).parent.parent.parent


def layers() -> dict[str, int]:
    """App → its layer, 0 the lowest."""
    linter = configparser.ConfigParser()
    linter.read(ROOT / ".importlinter")
    lines = linter["importlinter:contract:layers"]["layers"].split("\n")
    high_to_low = [[name.strip(" ()") for name in line.split("|")] for line in lines if line.strip()]
    return {name: height for height, names in enumerate(reversed(high_to_low)) for name in names}


def relations() -> list[tuple[str, str, str]]:
    """(app, app it points to, field) for each relation between two apps of ours."""
    found = []
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.get_fields():
            target = getattr(field, "related_model", None)
            if target is None or target == "self" or field.auto_created:
                continue
            ours = [m.__module__.split(".")[1] for m in (model, target) if m.__module__.startswith("rabta.")]
            if len(ours) == 2 and ours[0] != ours[1]:
                found.append((*ours, f"{model.__name__}.{field.name}"))
    return found


def test_there_are_relations_to_judge() -> None:
    assert len(relations()) > 10


@pytest.mark.parametrize(("app", "target", "field"), relations())
def test_a_relation_points_down(app: str, target: str, field: str) -> None:
    height = layers()
    assert height[app] > height[target], f"{field} of {app} points up or sideways to {target}"
