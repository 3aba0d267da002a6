# See en/mail.ftl.
