"""Mail over SMTP: notices to people, and letters where a procedure says `way: email`.

In: a `Call` of kind `notify` (text, roles) or `deliver`. Out: sent mails. The message id is made of the call's key, so
that a mail server or reader that knows it does not show it twice.
"""

from __future__ import annotations

import hashlib
import smtplib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Protocol

from amtsweg.engine.handlers import Answer, Call, ServiceError, sent_and_served
from amtsweg.engine.people import people_with


class Smtp(Protocol):
    """What is needed of an SMTP connection (`smtplib.SMTP`)."""

    def send_message(self, msg: EmailMessage) -> object:
        """Send one mail."""
        ...

    def quit(self) -> object:
        """End the session."""
        ...


@dataclass(frozen=True, slots=True)
class Mail:
    """An SMTP account.

    Parameters
    ----------
    host, port: the server; `tls` starts encryption before anything else is said.
    sender: the address mails come from.
    user, password: given by the host from its own secrets.
    connect: opens a connection (tests hand in their own).
    """

    host: str
    sender: str
    port: int = 587
    tls: bool = True
    user: str = ""
    password: str = ""
    timeout: float = 20.0
    connect: Callable[[Mail], Smtp] | None = None

    def notify(self, call: Call) -> Answer:
        """Tell everybody the notice is for: people of the roles, the applicant."""
        addresses = recipients(call)
        if not addresses:
            return Answer("ok", {"sent_to": []})
        self.send(call, addresses, f"{call.data.get('number') or call.case}", str(call.data.get("text", "")))
        return Answer("ok", {"sent_to": list(addresses)})

    def deliver(self, call: Call) -> Answer:
        """Send a letter's notice to the applicant's address and say when it counts as served."""
        addresses = recipients(call)
        if not addresses:
            raise ServiceError("undeliverable", "Es ist keine E-Mail-Adresse bekannt.")
        self.send(call, addresses, str(call.data.get("letter", "")), "Ein Schreiben liegt für Sie bereit.")
        return Answer("ok", sent_and_served(call, call.now))

    def send(self, call: Call, to: Iterable[str], subject: str, text: str) -> None:
        """Send one mail to each address."""
        session = (self.connect or _connect)(self)
        try:
            for address in to:
                message = EmailMessage()
                message["From"] = self.sender
                message["To"] = address
                message["Subject"] = " ".join(subject.split())[:200]
                digest = hashlib.sha256(f"{call.key}/{address}".encode()).hexdigest()
                message["Message-ID"] = f"<{digest[:32]}@{self.sender.rpartition('@')[2]}>"
                message.set_content(text)
                session.send_message(message)
        finally:
            session.quit()


def _connect(mail: Mail) -> Smtp:
    session = smtplib.SMTP(mail.host, mail.port, timeout=mail.timeout)
    if mail.tls:
        session.starttls()
    if mail.user:
        session.login(mail.user, mail.password)
    return session


def recipients(call: Call) -> tuple[str, ...]:
    """The addresses behind roles and parties of a call, each once."""
    office, machine = call.procedure.office, call.procedure.machine
    to = call.data.get("to")
    names = [str(name) for name in to] if isinstance(to, list) else []
    found: list[str] = []
    for name in names:
        role = machine.roles.get(name)
        if role is not None and role.party:
            address = call.data.get("address")
            email = address.get("email") if isinstance(address, dict) else None
            if email:
                found.append(str(email))
            continue
        found += [office.people[p].email for p in people_with(office, machine.id, (name,)) if office.people[p].email]
        if name in office.people and office.people[name].email:
            found.append(office.people[name].email)
    return tuple(dict.fromkeys(found))
