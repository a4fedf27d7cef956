"""What is checked about a setting before anything starts."""

import pytest

from config import SettingsError, load_settings


def test_the_public_address_is_kept_without_its_last_slash():
    settings = load_settings(assay_public_url="https://qa.example.com/assay/", _env_file=None)

    assert settings.assay_public_url == "https://qa.example.com/assay"


@pytest.mark.parametrize(
    "address", ["qa.example.com", "ftp://qa.example.com", "https://", "https://a b", "https://a/?x"]
)
def test_a_public_address_that_cannot_be_opened_stops_the_start(address):
    with pytest.raises(SettingsError, match=r"ASSAY_PUBLIC_URL.*https://qa\.example\.com"):
        load_settings(assay_public_url=address, _env_file=None)
