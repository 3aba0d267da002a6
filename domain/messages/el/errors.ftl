# See en/errors.ftl.
