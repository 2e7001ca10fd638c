"""Train one method beside the baseline for some minutes, to see whether it learns: `make try METHOD=mine`.

METHOD is a method (its first variant is taken) or a variant, `mine.plain`. It takes the challenger's place in
config/try.yaml; curves, faces and scores of both are in the report of results/try_<method>_<variant>.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench import registry  # noqa: E402
from bench.errors import BenchError  # noqa: E402
from bench.settings import load_settings  # noqa: E402

TEMPLATE = ROOT / "config" / "try.yaml"


def configuration(method: str) -> tuple[str, str]:
    """The name of the run and its settings as YAML; BenchError with the nearest name where there is no such method."""
    name, dot, _ = method.partition(".")
    if not dot and name not in registry.methods():
        raise BenchError(f"No method is called {name!r}.{registry.nearest(name, registry.methods())}")
    model_id = method if dot else f"{name}.{registry.methods()[name].variants[0].slug}"
    registry.find(model_id)
    settings = load_settings(TEMPLATE)
    run = f"try_{model_id.replace('.', '_')}"
    text = TEMPLATE.read_text(encoding="utf-8").replace(settings.compare.challenger, model_id)
    return run, text.replace(f"run: {settings.run}", f"run: {run}")


def main() -> None:
    """Run the workflow, then print the scores and the report's path."""
    try:
        run, text = configuration(sys.argv[1] if len(sys.argv) > 1 else "")
        file = Path("results") / run / "config.yaml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        load_settings(file)
    except BenchError as error:
        sys.exit(f"make try METHOD=…: {error}")
    runner = [sys.executable, str(ROOT / "workflow" / "run.py"), "--configfile", str(file), *sys.argv[2:]]
    subprocess.run(runner, check=True)
    subprocess.run([sys.executable, "-m", "bench", "summary", "--config", str(file)], check=True, cwd=ROOT)


if __name__ == "__main__":
    main()
