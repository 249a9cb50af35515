"""What can go wrong between people and organisations."""

from voxanne.errors import DomainError, Forbidden


class NoScope(RuntimeError):
    """Tenant data was asked for without saying whose work this is. A bug, not a user's mistake."""


class NestedScope(RuntimeError):
    """Work for one organisation was started inside work for another. A bug."""


class NotAMember(Forbidden):
    message = "You are not a member of that organisation."


class LastOwner(DomainError):
    code = "last_owner"
    http_status = 409
    message = "Every organisation needs an owner. Make somebody else an owner first."


class InvitationUnusable(DomainError):
    code = "invitation_unusable"
    http_status = 410
    message = "This invitation has expired or was already used. Ask for a new one."


class AlreadyMember(DomainError):
    code = "already_member"
    http_status = 409
    message = "That person is already in your team."


class ChooseOrganisation(DomainError):
    code = "choose_organisation"
    http_status = 400
    message = "You belong to several organisations. Name one with org_id."


class BadCredentials(DomainError):
    code = "bad_credentials"
    http_status = 401
    message = "The email or password is not right."


class OneTimeCodeNeeded(DomainError):
    code = "otp_required"
    http_status = 401
    message = "Enter the code from your authenticator app."


class SignInAgain(DomainError):
    code = "sign_in_again"
    http_status = 403
    message = "Confirm your password, then try again. We ask before anything that gives others access."


class TooManyTries(DomainError):
    code = "too_many_tries"
    http_status = 429
    message = "Too many tries. Wait five minutes, then try again."
