# See en/pages.ftl.
