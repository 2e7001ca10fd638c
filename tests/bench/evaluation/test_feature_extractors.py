"""Feature extractors; InceptionV3's weights are found, or fetched once, and never loaded unverified."""

import hashlib
import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from torch.utils.data import Dataset
from torch_fidelity import FeatureExtractorInceptionV3
from torch_fidelity.utils import get_featuresdict_from_dataset

from bench.errors import BenchError
from bench.evaluation import feature_extractors, judges
from bench.evaluation import feature_extractors as features
from bench.evaluation.feature_extractors import Remote, obtain
from bench.runtime.download import ATTEMPTS
from tests.support import painted_faces
from tests.support.file_server import QUOTA_PAGE, FileServer, serving
from tests.support.painted_faces import judge_card


def judge_extractor(seed: int = 0) -> feature_extractors.JudgeExtractor:
    torch.manual_seed(seed)
    network = judges.build(judge_card("a")).eval()
    return feature_extractors.JudgeExtractor(
        judges.Judge(network, judge_card("a"), f"{seed:016d}", torch.device("cpu"))
    )


@pytest.fixture(scope="module")
def random_inception(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Random weights of InceptionV3's shape in a file, with their SHA-256."""
    build = FeatureExtractorInceptionV3.__init__
    file = tmp_path_factory.mktemp("weights") / "inception.pth"
    blank = FeatureExtractorInceptionV3.__new__(FeatureExtractorInceptionV3)
    torch.manual_seed(0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("torch_fidelity.feature_extractor_inceptionv3.load_state_dict_from_url", lambda *_, **__: {})
        patch.setattr(FeatureExtractorInceptionV3, "load_state_dict", lambda *_: None)
        patch.setattr("torch_fidelity.feature_extractor_inceptionv3.get_kwarg", lambda *_: False)
        build(blank, "random", ["2048"])
    torch.save(blank.state_dict(), file)
    return file, hashlib.sha256(file.read_bytes()).hexdigest()


def test_inception_gives_2048_features_and_is_built_once(random_inception: tuple[Path, str]) -> None:
    file, sha256 = random_inception
    extractor = feature_extractors.inception(file, Remote("https://example.org/weights.pth", sha256))
    assert feature_extractors.inception(file, Remote("https://example.org/weights.pth", sha256)) is extractor
    images = painted_faces.split("valid", 3, 0).images
    features = feature_extractors.extract(extractor, images, "cpu")
    assert features.shape == (3, 2048)
    assert features.dtype == torch.float64
    assert features.isfinite().all()


def test_inception_weights_of_another_digest_are_not_loaded(
    random_inception: tuple[Path, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch, "load", lambda *_, **__: pytest.fail("a pickle was opened"))
    with pytest.raises(BenchError, match="was not loaded"):
        feature_extractors.inception(random_inception[0])


def test_features_do_not_depend_on_the_batch_size(monkeypatch: pytest.MonkeyPatch) -> None:
    images = painted_faces.split("valid", 50, 0).images
    whole = feature_extractors.extract(judge_extractor(), images, "cpu")
    monkeypatch.setattr(features, "BATCH", 7)
    torch.testing.assert_close(
        feature_extractors.extract(judge_extractor(), images, "cpu"), whole, atol=1e-5, rtol=1e-4
    )


def test_the_judge_extractor_serves_torch_fidelitys_own_pipeline() -> None:
    extractor = judge_extractor()
    images = painted_faces.split("valid", 32, 0).images
    listed = Listed([torch.from_numpy(image).permute(2, 0, 1) for image in images])
    theirs = get_featuresdict_from_dataset(listed, extractor, 8, False, True, False)
    ours = feature_extractors.extract(extractor, images, "cpu")
    torch.testing.assert_close(theirs[feature_extractors.JUDGE_LAYER].double(), ours, atol=1e-5, rtol=1e-4)


class Listed(Dataset[torch.Tensor]):
    """Images in memory, as torch-fidelity takes them."""

    def __init__(self, images: list[torch.Tensor]) -> None:
        self.images = images

    def __len__(self) -> int:
        return len(self.images)

    def __getitem__(self, row: int) -> torch.Tensor:
        return self.images[row]


NAME = "weights.pth"
CONTENT = os.urandom(3_000_000)
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "sleep", lambda _: None)
    monkeypatch.setenv("no_proxy", "127.0.0.1")


@pytest.fixture
def server() -> Iterator[FileServer]:
    with serving({NAME: CONTENT}) as state:
        yield state


def remote(server: FileServer) -> Remote:
    return Remote(f"{server.address}/{NAME}", SHA256)


def test_they_are_fetched_once(tmp_path: Path, server: FileServer) -> None:
    weights_file = obtain(None, remote(server), tmp_path)
    assert weights_file == tmp_path / NAME
    assert weights_file.read_bytes() == CONTENT
    assert obtain(None, remote(server), tmp_path) == weights_file
    assert len(server.asked) == 1


def test_a_broken_download_goes_on_where_it_broke(tmp_path: Path, server: FileServer) -> None:
    server.breaks_after = [1_000_000] * ATTEMPTS
    server.files[NAME] = CONTENT * 2
    bigger = Remote(f"{server.address}/{NAME}", hashlib.sha256(CONTENT * 2).hexdigest())
    with pytest.raises(BenchError, match=r"5,000,000 bytes have arrived and are kept.*start again to go on"):
        obtain(None, bigger, tmp_path)
    assert obtain(None, bigger, tmp_path).stat().st_size == 6_000_000
    assert server.asked[-1] == (NAME, "bytes=5000000-")


def test_files_placed_by_hand_need_no_network(tmp_path: Path, server: FileServer) -> None:
    (tmp_path / NAME).write_bytes(CONTENT)
    assert obtain(None, remote(server), tmp_path) == tmp_path / NAME
    (tmp_path / "mine.pth").write_bytes(CONTENT)
    assert obtain(tmp_path / "mine.pth", remote(server), tmp_path / "nowhere") == tmp_path / "mine.pth"
    assert server.asked == []


def test_a_quota_page_is_recognised(tmp_path: Path, server: FileServer) -> None:
    server.files[NAME] = QUOTA_PAGE
    with pytest.raises(BenchError, match=rf"quota.*24 hours, or get it from .*{NAME}.*put it into {tmp_path}"):
        obtain(None, remote(server), tmp_path)
    assert not (tmp_path / NAME).exists()


def test_other_content_from_the_server_is_dropped(tmp_path: Path, server: FileServer) -> None:
    server.files[NAME] = CONTENT[::-1]
    with pytest.raises(BenchError, match=r"wrong checksum.*start again.*scoring\.extractors"):
        obtain(None, remote(server), tmp_path)
    assert not (tmp_path / NAME).exists()


def test_no_network_is_told_with_the_next_step(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        nowhere = FileServer(address=f"http://127.0.0.1:{free.getsockname()[1]}")
        with pytest.raises(BenchError, match=rf"could not be downloaded.*put it into {tmp_path}.*inception_weights"):
            obtain(None, remote(nowhere), tmp_path)


@pytest.mark.parametrize("place", ["named", "home"])
def test_a_file_with_another_checksum_is_refused_wherever_it_lies(
    tmp_path: Path, server: FileServer, place: str
) -> None:
    (tmp_path / NAME).write_bytes(b"another pickle")
    named = tmp_path / NAME if place == "named" else None
    with pytest.raises(BenchError, match=r"SHA-256 .*it was not loaded\. Delete it, then get it from"):
        obtain(named, remote(server), tmp_path)


def test_a_named_file_that_is_not_there_is_told(tmp_path: Path, server: FileServer) -> None:
    with pytest.raises(BenchError, match=r"cannot be read.*Mend the path.*scoring\.inception_weights"):
        obtain(tmp_path / "none.pth", remote(server), tmp_path)
    assert server.asked == []
