"""What a clinic types in, well-formed. The sandbox takes it, and refuses tokens and keys that end in "bad"."""

TWILIO = {
    "accountSid": "AC" + "1" * 32,
    "authToken": "2" * 32,
    "phoneNumber": "+442071838750",
}
REFUSED_TOKEN = "2" * 29 + "bad"
RESEND = {"apiKey": "re_north_0123456789", "fromEmail": "desk@clinic.example"}
ELEVENLABS = {"apiKey": "sk_0123456789abcdef0123456789abcdef0123456789abcdef"}
