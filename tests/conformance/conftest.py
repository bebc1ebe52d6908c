from tests.log.fixtures import appender, codec, pool, reader

__all__ = ["appender", "codec", "pool", "reader"]
