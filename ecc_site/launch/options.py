"""What the operator chose in the environment."""

from dataclasses import dataclass
from pathlib import Path

from ecc_site.env import env_choice, env_int, env_path, redis_url

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Options:
    port: int
    data_dir: Path  # absolute
    redis_url: str
    production: bool

    @classmethod
    def from_environment(cls) -> "Options":
        profile = env_choice("ECC_PROFILE", "development", ("development", "production"))
        data_dir = env_path("ECC_DATA_DIR", ROOT / "var")
        return cls(
            port=env_int("PORT", 8000, low=1, high=65535),
            data_dir=data_dir,
            redis_url=redis_url(data_dir),
            production=profile == "production",
        )

    @property
    def logs(self) -> Path:
        return self.data_dir / "logs"

    def as_environment(self) -> dict[str, str]:
        """The same choices for the children, so that no default is written twice."""
        return {
            "PORT": str(self.port),
            "ECC_DATA_DIR": str(self.data_dir),
            "REDIS_URL": self.redis_url,
            "ECC_PROFILE": "production" if self.production else "development",
        }
