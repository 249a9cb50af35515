"""Why a message is not sent, each in a sentence for the person who asked."""

from voxanne.errors import DomainError


class TwilioNotConfigured(DomainError):
    code = "twilio_not_configured"
    http_status = 400
    message = "Twilio not configured. Connect it in Integrations, then send the message again."


class WhatsAppNotConfigured(DomainError):
    code = "whatsapp_not_configured"
    http_status = 400
    message = "WhatsApp not configured. Add your WhatsApp number to Twilio in Integrations."


class EmailNotConfigured(DomainError):
    code = "resend_not_configured"
    http_status = 400
    message = "Resend not configured. Connect it in Integrations, then send the email again."


class OptedOut(DomainError):
    code = "opted_out"
    http_status = 409
    message = "This person has asked not to be texted. They can text START to your number to allow it again."


class TooSoon(DomainError):
    """Only for what nobody sends by hand."""

    code = "too_soon"
    http_status = 429
    message = "This person had an automatic text less than an hour ago."


class ReportedAsSpam(DomainError):
    code = "reported_as_spam"
    http_status = 409
    message = "This person reported an email of yours as spam, so none goes to them any more. Call instead."


class BadRecipient(DomainError):
    code = "bad_recipient"
    http_status = 400
    message = "That address cannot get a message. Check it and try again."


class BadMessage(DomainError):
    """There is nothing to send, or too much."""

    code = "bad_message"
    http_status = 400


class CannotBeSentAgain(DomainError):
    code = "cannot_be_sent_again"
    http_status = 409
    message = "This message cannot be sent again from here. Write a new one."
