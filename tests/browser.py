"""The Chromium that the browser tests open, with Chinese fonts, on a machine that has neither."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Playwright

ROOT = Path(__file__).resolve().parent.parent
SYSTEM_CHROMIUM = "/usr/bin/chromium"
PACKED = ROOT / "node_modules" / "@sparticuz" / "chromium"
# Inside node_modules, so that `npm ci` throws it away together with the release it came from.
UNPACKED = ROOT / "node_modules" / ".unpacked-chromium"

LAUNCH_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--font-render-hinting=none",
]

FONTS_CONF = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>{fonts}</dir>
  <cachedir>{cache}</cachedir>
  <alias><family>sans-serif</family><prefer><family>Noto Sans SC</family></prefer></alias>
  <alias><family>serif</family><prefer><family>Noto Serif SC</family></prefer></alias>
</fontconfig>
"""

# The package believes itself in a cloud function, because only there it unpacks its own system libraries.
UNPACK = "import('@sparticuz/chromium').then((chromium) => chromium.default.executablePath())"
PRETENDED_PLACE = "AWS_Lambda_nodejs24.x"


def chromium_path() -> str:
    """The browser is there: $CHROMIUM, else the system's, else the one from npm, unpacked once."""
    if chosen := os.environ.get("CHROMIUM"):
        return chosen
    if os.access(SYSTEM_CHROMIUM, os.X_OK):
        return SYSTEM_CHROMIUM
    if not (UNPACKED / "chromium").exists():
        _unpack()
    return str(UNPACKED / "chromium")


def launch_environment(executable: str) -> dict[str, str | float | bool]:
    """The environment in which that browser finds the Chinese fonts, and the libraries it brought along."""
    environment = {**os.environ, "FONTCONFIG_FILE": str(_fonts_conf())}
    if Path(executable).parent == UNPACKED:
        brought = str(UNPACKED / "al2023" / "lib")
        environment["LD_LIBRARY_PATH"] = ":".join(filter(None, [brought, os.environ.get("LD_LIBRARY_PATH")]))
    return {**environment}


def open_browser(playwright: "Playwright") -> "Browser":
    """A headless browser is open; the caller closes it."""
    executable = chromium_path()
    return playwright.chromium.launch(
        executable_path=executable, args=LAUNCH_ARGUMENTS, env=launch_environment(executable)
    )


def _unpack() -> None:
    """UNPACKED appears whole or not at all, also when several test processes unpack at the same time."""
    from playwright._impl._driver import compute_driver_executable

    if not PACKED.is_dir():
        raise SystemExit("No Chromium: set CHROMIUM, install /usr/bin/chromium, or run ./dev test.")
    node = compute_driver_executable()[0]
    target = UNPACKED.with_name(f"{UNPACKED.name}-{os.getpid()}")
    target.mkdir(parents=True)
    environment = {**os.environ, "TMPDIR": str(target), "AWS_EXECUTION_ENV": PRETENDED_PLACE}
    subprocess.run([node, "--eval", UNPACK], cwd=ROOT, env=environment, check=True)
    try:
        target.rename(UNPACKED)
    except OSError:
        shutil.rmtree(target)


def _fonts_conf() -> Path:
    import pylopdf_fonts_zh_cn

    fonts = pylopdf_fonts_zh_cn.sans_path().parent
    folder = ROOT / "node_modules" / ".fonts"
    folder.mkdir(parents=True, exist_ok=True)
    conf = folder / "fonts.conf"
    text = FONTS_CONF.format(fonts=fonts, cache=folder / "cache")
    if not conf.exists() or conf.read_text() != text:
        draft = folder / f"fonts-{os.getpid()}.conf"
        draft.write_text(text)
        draft.replace(conf)
    return conf


if __name__ == "__main__":
    sys.stdout.write(chromium_path() + "\n")
