from tests.running.fixtures import node

__all__ = ["node"]
