"""A mail through the SMTP server of the settings: plain text, to one person."""

import re
import smtplib
import ssl
from email.message import EmailMessage
from email.utils import format_datetime
from typing import TYPE_CHECKING

from .message import Message, SendError

if TYPE_CHECKING:
    from ..config import Smtp

TIMEOUT_S = 20
# What a mail server takes as one address: no spaces, no line ends, no second address.
ADDRESS = re.compile(r"[^\s@<>,;:\"()\[\]\\]{1,64}@[A-Za-z0-9.-]{1,190}")


def is_address(text: str) -> bool:
    """Return whether a text is one mail address.

    >>> is_address("ada@example.org"), is_address("ada@example.org, bo@example.org")
    (True, False)
    """
    # An encoded word (RFC 2047) is decoded where a header is read: into any other address.
    return ADDRESS.fullmatch(text) is not None and "=?" not in text


def send(smtp: "Smtp", to: str, message: Message, id: str) -> str:
    """Send one mail and return what the server answered.

    Raises SendError; its ``again`` says whether another try makes sense. Once the text has been
    handed over and the answer is lost, it does not: a letter comes once or not at all.
    """
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = smtp.sender, to, message.subject
    mail["Date"] = format_datetime(message.at)
    mail["Message-ID"] = f"<{id}@{smtp.sender.rpartition('@')[2].rstrip('>')}>"
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers
    mail.set_content(message.text)
    handed_over = False
    try:
        with _connected(smtp) as server:
            server.ehlo_or_helo_if_needed()
            handed_over = True
            server.send_message(mail)
    except smtplib.SMTPResponseException as fault:
        # 4yz is "not this time", 5yz "never" (RFC 5321 4.2.1).
        raise SendError(f"{fault.smtp_code}", again=fault.smtp_code < 500) from fault
    except smtplib.SMTPRecipientsRefused as fault:
        codes = [code for code, _ in fault.recipients.values()]
        raise SendError(f"{codes[0]}", again=all(code < 500 for code in codes)) from fault
    except (OSError, smtplib.SMTPException) as fault:
        raise SendError(type(fault).__name__, again=not handed_over) from fault
    return "250"


def _connected(smtp: "Smtp") -> smtplib.SMTP:
    context = ssl.create_default_context()
    server: smtplib.SMTP
    if smtp.tls == "tls":
        server = smtplib.SMTP_SSL(smtp.host, smtp.port, timeout=TIMEOUT_S, context=context)
    else:
        server = smtplib.SMTP(smtp.host, smtp.port, timeout=TIMEOUT_S)
        if smtp.tls == "starttls":
            server.starttls(context=context)
    if smtp.user is not None and smtp.password is not None:
        server.login(smtp.user, smtp.password.get_secret_value())
    return server
