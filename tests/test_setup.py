"""The set-up keeps its promises: locks that name no host, no wheel, small files, plain sentences."""

import importlib.metadata
import json
import subprocess
import sys
import tomllib
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
MOST_LINES = 300
DRAWERS = {
    "utils",
    "util",
    "helpers",
    "helper",
    "common",
    "manager",
    "managers",
    "service",
    "services",
    "misc",
}


def run(*command: str, cwd: Path = ROOT, **environment: str) -> "subprocess.CompletedProcess[str]":
    """The finished process with what it printed."""
    return subprocess.run(
        command, cwd=cwd, env=environment or None, capture_output=True, text=True, check=False
    )


def tracked(*patterns: str) -> list[Path]:
    """The files of the checkout that git keeps or would keep, by pattern."""
    listed = run("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *patterns)
    assert listed.returncode == 0, listed.stderr
    return [path for name in listed.stdout.split("\0") if name and (path := ROOT / name).is_file()]


def test_the_python_lock_names_no_host_and_no_folder_and_hashes_every_package() -> None:
    lines = (ROOT / "requirements.lock").read_text().splitlines()
    assert not [
        line for line in lines if "://" in line or line.lstrip().startswith(("--index", "--find", "/", "#"))
    ]
    packages = [number for number, line in enumerate(lines) if line[:1].isalnum()]
    assert len(packages) > 50
    assert all("==" in lines[number] and "--hash=sha256:" in lines[number + 1] for number in packages)


def test_everything_asked_for_is_locked_in_a_version_that_was_asked_for() -> None:
    asked = tomllib.loads((ROOT / "pyproject.toml").read_text())
    groups = asked["dependency-groups"].values()
    wanted = [
        Requirement(one) for one in (*asked["project"]["dependencies"], *(d for g in groups for d in g))
    ]
    lines = (ROOT / "requirements.lock").read_text().splitlines()
    locked = [Requirement(line.rstrip("\\ ")) for line in lines if line[:1].isalnum()]
    versions = {one.name: str(one.specifier).removeprefix("==") for one in locked}
    for one in wanted:
        name = one.name.split("[")[0].lower().replace("_", "-")
        assert one.specifier.contains(versions[name]), one


def test_the_npm_lock_names_no_registry_and_hashes_every_package() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    installed = {name: entry for name, entry in packages.items() if name}
    assert "node_modules/@tabler/core" in installed
    assert not [name for name, entry in installed.items() if "resolved" in entry]
    assert all(entry["integrity"].startswith("sha512-") for entry in installed.values())


def test_lock_files_that_record_a_host_are_not_kept() -> None:
    assert not tracked("uv.lock", "pylock.toml")


def test_third_party_files_are_not_kept() -> None:
    assert not tracked("node_modules", "web/static/vendor")


def test_pip_refuses_to_make_a_wheel_of_this_checkout_and_says_why(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-index", "--no-build-isolation"]
    built = run(*command, "--wheel-dir", str(tmp_path), str(ROOT))
    assert built.returncode != 0
    assert "never built as a wheel" in built.stdout + built.stderr
    assert not list(tmp_path.iterdir())


def test_a_source_archive_is_refused_as_well(tmp_path: Path) -> None:
    program = f"import build_backend; build_backend.build_sdist({str(tmp_path)!r})"
    built = run(sys.executable, "-c", program, cwd=ROOT / "tests")
    assert built.returncode == 1
    assert "never built as a wheel" in built.stderr


def test_bihuan_is_installed_editable_from_this_checkout() -> None:
    origin = json.loads(importlib.metadata.distribution("bihuan").read_text("direct_url.json") or "{}")
    assert origin["dir_info"] == {"editable": True}
    assert origin["url"] == ROOT.as_uri()


def test_durable_rules_can_be_imported_here() -> None:
    done = run(sys.executable, "-c", "import durable.engine")
    assert done.returncode == 0, done.stderr


def test_dev_alone_says_in_sentences_what_it_can_do() -> None:
    shown = run(str(ROOT / "dev")).stdout
    for command in ("run", "test", "check", "bench", "soak", "postgres", "audit", "bihuan"):
        assert f"\n  {command} " in shown


def test_dev_refuses_an_unknown_command_and_names_it() -> None:
    refused = run(str(ROOT / "dev"), "deploy")
    assert refused.returncode == 2
    assert refused.stderr.endswith("./dev has no command 'deploy'.\n")


def test_dev_repeats_no_set_up_when_nothing_changed() -> None:
    run(str(ROOT / "dev"), "postgres", "--help")
    again = run(str(ROOT / "dev"), "postgres", "--help")
    assert (again.returncode, again.stderr) == (0, "")


def test_dev_refuses_other_pythons_in_a_sentence(tmp_path: Path) -> None:
    """With only a Python on the path that says it is another version, nothing is set up."""
    checkout = tmp_path / "checkout"
    (checkout / "tests").mkdir(parents=True)
    for name in ("dev", "requirements.lock", "pyproject.toml", "tests/build_backend.py"):
        (checkout / name).write_bytes((ROOT / name).read_bytes())
    programs = tmp_path / "programs"
    programs.mkdir()
    for name in ("python3.12", "python3.11", "python3", "python"):
        (programs / name).write_text("#!/bin/sh\nexit 1\n")
        (programs / name).chmod(0o755)
    refused = run("bash", str(checkout / "dev"), "check", PATH=f"{programs}:/usr/bin:/bin")
    assert refused.returncode == 1
    assert refused.stderr.startswith("Bihuan needs Python 3.11 or 3.12, and found neither.")
    assert not (checkout / ".venv").exists()


def test_no_source_file_is_over_300_lines() -> None:
    sources = tracked("*.py", "*.html", "*.css", "*.js", "dev", ".ci/run")
    counts = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in sources}
    assert {name: lines for name, lines in counts.items() if lines > MOST_LINES} == {}


def test_no_merge_was_left_half_done() -> None:
    marks = tuple(sign * 7 + " " for sign in "<>|")
    texts = tracked("*.py", "*.md", "*.yaml", "*.html", "*.css", "*.js", "*.toml")
    assert [
        path for path in texts if any(line.startswith(marks) for line in path.read_text().split("\n"))
    ] == []


def test_no_source_file_or_room_is_named_like_a_drawer() -> None:
    sources = [path.relative_to(ROOT) for path in tracked("*.py", "*.html", "*.yaml", "*.css", "*.js")]
    assert [path for path in sources if DRAWERS & set(path.with_suffix("").parts)] == []


def test_the_top_level_holds_only_what_the_design_allows() -> None:
    rooms = {path.relative_to(ROOT).parts[0] for path in tracked() if len(path.relative_to(ROOT).parts) > 1}
    assert rooms <= {"engine", "rules", "api", "models", "tests", "web", "docs", "bench", ".ci"}
