"""Makes calls with botocore, as boto3 and the AWS CLI do, and checks each answer against the model of the service.

Usage: botocore_check.py ENDPOINT < calls

A call is a line of JSON: {"service": "...", "operation": "...", "parameters": {...}}, and also "credentials": [key, secret,
token]. Bytes in parameters are {"base64": "..."}. Of each call a line tells what
came of it: {"service": ..., "operation": ..., "status": 200, "code": "code of the error, or empty", "faults": ["..."],
"parsed": {...}}. The faults are where the answer, as it came over the wire and as botocore's parser reads it, differs from the
service's model: members that the model does not have, types, enums, lengths, patterns, required members, and errors that the
operation does not have.
"""

import base64
import datetime
import json
import re
import sys
import warnings
import xml.etree.ElementTree

warnings.filterwarnings("ignore")

import botocore.config
import botocore.response
import botocore.session
from botocore.exceptions import ClientError

# Errors that any operation may answer with, which models do not list.
COMMON_ERRORS = {
    "ValidationException", "ValidationError", "SerializationException", "ThrottlingException", "Throttling", "AccessDenied",
    "AccessDeniedException", "NotImplemented", "InternalFailure", "InternalError",
}

# Services whose models list no errors of operations, or few of those that there are.
WITHOUT_ERRORS = {"ec2", "s3"}

SCALARS = {
    "string": str,
    "integer": int,
    "long": int,
    "boolean": bool,
    "float": (int, float),
    "double": (int, float),
}


def check(shape, value, where, faults, parsed):
    """Compares a value with its shape; parsed says whether botocore has read it or it is as it came over the wire."""
    kind = shape.type_name
    if kind == "structure":
        check_structure(shape, value, where, faults, parsed)
    elif kind == "list":
        if not isinstance(value, list):
            faults.append(f"{where}: {value!r} is not a list")
            return
        check_size(shape, len(value), where, faults)
        for index, element in enumerate(value):
            check(shape.member, element, f"{where}[{index}]", faults, parsed)
    elif kind == "map":
        if not isinstance(value, dict):
            faults.append(f"{where}: {value!r} is not a map")
            return
        for key, element in value.items():
            check(shape.key, key, f"{where}'s key {key}", faults, parsed)
            check(shape.value, element, f"{where}.{key}", faults, parsed)
    elif kind == "timestamp":
        wanted = datetime.datetime if parsed else (int, float)
        if shape.serialization.get("timestampFormat") == "iso8601" and not parsed:
            wanted = str
        if not isinstance(value, wanted) or isinstance(value, bool):
            faults.append(f"{where}: {value!r} is not a timestamp")
    elif kind == "blob":
        if not isinstance(value, (bytes, str, botocore.response.StreamingBody)):
            faults.append(f"{where}: {value!r} is not bytes")
    elif kind in SCALARS:
        check_scalar(shape, value, where, faults)
    else:
        faults.append(f"{where}: no check knows the type {kind}")


def check_structure(shape, value, where, faults, parsed):
    if not isinstance(value, dict):
        faults.append(f"{where}: {value!r} is not a structure")
        return
    names = {member.serialization.get("name", name): name for name, member in shape.members.items()}
    for name, element in value.items():
        if not parsed and name not in names:
            faults.append(f"{where}.{name} is not in the model")
        elif parsed and name != "ResponseMetadata" and name not in shape.members:
            faults.append(f"{where}.{name} is not in the model")
        elif name != "ResponseMetadata":
            if element is None:
                faults.append(f"{where}.{name} is null")
            else:
                check(shape.members[name if parsed else names[name]], element, f"{where}.{name}", faults, parsed)
    for name in shape.required_members:
        if parsed and name not in value:
            faults.append(f"{where}.{name} is missing")


def check_scalar(shape, value, where, faults):
    wanted = SCALARS[shape.type_name]
    if not isinstance(value, wanted) or (isinstance(value, bool) and wanted is not bool):
        faults.append(f"{where}: {value!r} is not a {shape.type_name}")
        return
    if shape.type_name == "string":
        check_size(shape, len(value), where, faults)
        if shape.enum and value not in shape.enum:
            faults.append(f"{where}: {value!r} is none of {shape.enum}")
        pattern = shape.metadata.get("pattern")
        if pattern and not re.search(pattern.replace("\\p{L}\\p{M}\\p{Z}\\p{S}\\p{N}\\p{P}", "\\s\\S"), value):
            faults.append(f"{where}: {value!r} does not match {pattern}")
    elif not isinstance(value, bool):
        check_size(shape, value, where, faults)


def check_size(shape, size, where, faults):
    if size < shape.metadata.get("min", size) or size > shape.metadata.get("max", size):
        faults.append(f"{where}: {size} is not between {shape.metadata.get('min')} and {shape.metadata.get('max')}")


def bare(tag):
    """Is a tag without its namespace."""
    return tag.rpartition("}")[2]


def check_xml(shape, element, where, faults):
    """Looks for elements that the model does not have."""
    if shape.type_name == "structure":
        known = {}
        for name, member in shape.members.items():
            tag = member.serialization.get("name", name)
            if member.type_name == "list" and member.serialization.get("flattened"):
                tag = member.member.serialization.get("name", tag)
            known[tag] = member
        for child in element:
            tag = bare(child.tag)
            if tag not in known:
                faults.append(f"{where}.{tag} is not in the model")
            else:
                check_xml(known[tag], child, f"{where}.{tag}", faults)
    elif shape.type_name == "list":
        if shape.serialization.get("flattened"):
            check_xml(shape.member, element, where, faults)
            return
        wanted = shape.member.serialization.get("name", "member")
        for child in element:
            if bare(child.tag) != wanted:
                faults.append(f"{where}: {bare(child.tag)} is in the place of {wanted}")
            else:
                check_xml(shape.member, child, f"{where}[]", faults)
    elif shape.type_name == "map":
        for entry in element:
            if [bare(child.tag) for child in entry] != [shape.key.serialization.get("name", "key"), shape.value.serialization.get("name", "value")]:
                faults.append(f"{where}: {[bare(child.tag) for child in entry]} is no entry of a map")


def check_wire(protocol, model, body, faults):
    """Looks at what came over the wire, before botocore leaves away what it does not know."""
    shape = model.output_shape
    if "payload" in shape.serialization:
        shape = shape.members[shape.serialization["payload"]]
        if shape.type_name != "structure":
            return
    if protocol == "json":
        check(shape, json.loads(body or b"{}"), "answer", faults, parsed=False)
    elif protocol == "rest-json":
        located = {name for name, member in shape.members.items() if member.serialization.get("location")}
        document = {name: value for name, value in json.loads(body or b"{}").items() if name not in located}
        check(shape, document, "answer", faults, parsed=False)
    elif body:
        root = xml.etree.ElementTree.fromstring(body)
        if protocol == "query":
            wrapper = shape.serialization.get("resultWrapper")
            root = next((child for child in root if bare(child.tag) == wrapper), None)
            if root is None:
                faults.append(f"answer: {wrapper} is missing")
                return
        if protocol == "ec2":
            root = [child for child in root if bare(child.tag) not in ("requestId", "RequestId")]
        check_xml(shape, root, "answer", faults)


class Caller:
    """Calls a service with botocore and keeps the body of the last answer."""

    session = botocore.session.get_session()

    def __init__(self, endpoint, service, credentials):
        key, secret, *token = credentials
        settings = botocore.config.Config(parameter_validation=False, retries={"total_max_attempts": 1}, s3={"addressing_style": "path"})
        self.client = self.session.create_client(
            service, endpoint_url=endpoint, region_name="us-east-1", config=settings,
            aws_access_key_id=key, aws_secret_access_key=secret, aws_session_token=token[0] if token else None,
        )
        self.service = service
        self.body = None
        self.protocol = self.client.meta.service_model.resolved_protocol
        events = self.client.meta.events
        events.register(f"response-received.{self.client.meta.service_model.service_id.hyphenize()}", self.keep)
        self.methods = {operation: name for name, operation in self.client.meta.method_to_api_mapping.items()}

    def keep(self, response_dict, **_):
        self.body = response_dict["body"] if response_dict else b""

    def call(self, operation, parameters):
        model = self.client.meta.service_model.operation_model(operation)
        answer = {"service": self.service, "operation": operation, "code": "", "faults": [], "parsed": {}}
        try:
            parsed = getattr(self.client, self.methods[operation])(**decoded(parameters))
        except ClientError as error:
            self.check_error(model, error, answer)
            metadata = error.response["ResponseMetadata"]
        else:
            metadata = parsed["ResponseMetadata"]
            if model.output_shape:
                if isinstance(self.body, bytes):
                    check_wire(self.protocol, model, self.body, answer["faults"])
                check(model.output_shape, parsed, "parsed", answer["faults"], parsed=True)
            parsed.pop("ResponseMetadata")
            answer["parsed"] = {name: value.read() if isinstance(value, botocore.response.StreamingBody) else value for name, value in parsed.items()}
        answer["status"] = metadata.get("HTTPStatusCode", 0)
        if not metadata.get("RequestId"):
            answer["faults"].append("the answer has no request id")
        return answer

    def check_error(self, model, error, answer):
        answer["code"] = error.response["Error"]["Code"]
        known = {shape.name for shape in model.error_shapes} | {shape.error_code for shape in model.error_shapes}
        named = error.response["Error"].get("QueryErrorCode", answer["code"])  # SQS tells the code of its old protocol besides
        if self.service not in WITHOUT_ERRORS and named not in known | COMMON_ERRORS:
            answer["faults"].append(f"{model.name} does not have the error {answer['code']}")
        if not error.response["Error"].get("Message"):
            answer["faults"].append("the error has no message")


def decoded(value):
    """Turns {"base64": "..."} into bytes."""
    if isinstance(value, dict):
        if list(value) == ["base64"]:
            return base64.b64decode(value["base64"])
        return {name: decoded(element) for name, element in value.items()}
    if isinstance(value, list):
        return [decoded(element) for element in value]
    return value


def told(value):
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)


def main(endpoint):
    callers = {}
    for line in sys.stdin:
        call = json.loads(line)
        credentials = call.get("credentials") or ["test", "test"]
        key = call["service"], *credentials
        if key not in callers:
            callers[key] = Caller(endpoint, call["service"], credentials)
        answer = callers[key].call(call["operation"], call.get("parameters") or {})
        print(json.dumps(answer, default=told), flush=True)


main(*sys.argv[1:])
