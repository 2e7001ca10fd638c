import hashlib
from pathlib import Path

import numpy as np
import pytest
import torch
from torch.utils.data import Dataset
from torch_fidelity import FeatureExtractorInceptionV3
from torch_fidelity.utils import get_featuresdict_from_dataset

from bench.errors import BenchError
from bench.evaluation import feature_extractors, judges
from bench.evaluation import feature_extractors as features
from bench.evaluation.inception_weights import Remote
from tests.support import painted_faces
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


def test_statistics_of_real_images_are_cached_by_content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    images = painted_faces.split("valid", 40, 0).images
    first = feature_extractors.feature_space("judge", judge_extractor(), images, tmp_path, "cpu")
    files = set(tmp_path.iterdir())
    with monkeypatch.context() as patch:
        patch.setattr(features, "extract", lambda *_: pytest.fail("computed again"))
        again = feature_extractors.feature_space("judge", judge_extractor(), images, tmp_path, "cpu")
    assert torch.equal(first.features, again.features)
    np.testing.assert_allclose(again.statistics["sigma"], np.cov(first.features.numpy(), rowvar=False))
    assert set(tmp_path.iterdir()) == files
    feature_extractors.feature_space("judge", judge_extractor(), images[::-1].copy(), tmp_path, "cpu")
    feature_extractors.feature_space("judge", judge_extractor(seed=1), images, tmp_path, "cpu")
    assert len(set(tmp_path.iterdir())) == 3


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
