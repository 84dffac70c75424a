"""The loop of Lambda's runtime for Python, and nothing else of it."""
import http.client
import importlib
import json
import os
import sys

handler = importlib.import_module(sys.argv[1]).handler
api = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])


def call(method, path, body=None):
    api.request(method, "/2018-06-01/runtime/" + path, body)
    response = api.getresponse()
    return response.headers.get("Lambda-Runtime-Aws-Request-Id"), response.read()


while True:
    request_id, event = call("GET", "invocation/next")
    try:
        result = handler(json.loads(event), None)
        call("POST", f"invocation/{request_id}/response", json.dumps(result))
    except Exception as error:  # whatever the handler raises is an answer
        failure = {"errorType": type(error).__name__, "errorMessage": str(error)}
        call("POST", f"invocation/{request_id}/error", json.dumps(failure))
