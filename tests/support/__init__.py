"""Made faces, tables, runs and servers that tests share."""
