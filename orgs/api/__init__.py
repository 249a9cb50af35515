"""The API's sign-in and organisation endpoints, and how every API view knows who asks."""
