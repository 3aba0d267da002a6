# See en/troubles.ftl.
