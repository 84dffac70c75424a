"""Makes calls with botocore, as boto3 and the AWS CLI do, and checks each answer against the model of the service.

Usage: botocore_check.py ENDPOINT SERVICE < calls

A call is a line of JSON: {"operation": "...", "parameters": {...}}. Of each call a line tells what came of it:
{"operation": "...", "code": "code of the error, or empty", "faults": ["..."], "parsed": {...}}. The faults are where the
answer, as it came over the wire and as botocore's parser reads it, differs from the service's model: members that the
model does not have, types, enums, lengths, patterns, required members, and errors that the operation does not have.
"""

import datetime
import json
import re
import sys

import botocore.config
import botocore.session
from botocore.exceptions import ClientError

# Errors that any operation may answer with, which models do not list.
COMMON_ERRORS = {"ValidationException", "SerializationException", "AccessDeniedException", "ThrottlingException"}

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
        for key, element in value.items():
            check(shape.value, element, f"{where}.{key}", faults, parsed)
    elif kind == "timestamp":
        wanted = datetime.datetime if parsed else (int, float)
        if not isinstance(value, wanted) or isinstance(value, bool):
            faults.append(f"{where}: {value!r} is not a timestamp")
    elif kind in SCALARS:
        check_scalar(shape, value, where, faults)


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
        if name not in value:
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
        if pattern and not re.search(pattern, value):
            faults.append(f"{where}: {value!r} does not match {pattern}")
    elif not isinstance(value, bool):
        check_size(shape, value, where, faults)


def check_size(shape, size, where, faults):
    if size < shape.metadata.get("min", size) or size > shape.metadata.get("max", size):
        faults.append(f"{where}: {size} is not between {shape.metadata.get('min')} and {shape.metadata.get('max')}")


def main(endpoint, service):
    session = botocore.session.get_session()
    settings = botocore.config.Config(parameter_validation=False, retries={"total_max_attempts": 1})
    client = session.create_client(
        service, endpoint_url=endpoint, region_name="us-east-1", config=settings,
        aws_access_key_id="test", aws_secret_access_key="test",
    )
    bodies = []
    client.meta.events.register(f"response-received.{client.meta.service_model.service_id.hyphenize()}",
                                lambda response_dict, **_: bodies.append(response_dict["body"]))
    methods = {operation: name for name, operation in client.meta.method_to_api_mapping.items()}
    for line in sys.stdin:
        call = json.loads(line)
        operation = call["operation"]
        model = client.meta.service_model.operation_model(operation)
        answer = {"operation": operation, "code": "", "faults": [], "parsed": {}}
        try:
            parsed = getattr(client, methods[operation])(**call.get("parameters", {}))
        except ClientError as error:
            answer["code"] = error.response["Error"]["Code"]
            if answer["code"] not in {shape.name for shape in model.error_shapes} | COMMON_ERRORS:
                answer["faults"].append(f"{operation} does not have the error {answer['code']}")
            if not error.response["Error"]["Message"]:
                answer["faults"].append("the error has no message")
            if not error.response["ResponseMetadata"].get("RequestId"):
                answer["faults"].append("the error has no request id")
        else:
            if model.output_shape:
                check(model.output_shape, json.loads(bodies[-1] or b"{}"), "answer", answer["faults"], parsed=False)
                check(model.output_shape, parsed, "parsed", answer["faults"], parsed=True)
            if not parsed["ResponseMetadata"].get("RequestId"):
                answer["faults"].append("the answer has no request id")
            parsed.pop("ResponseMetadata")
            answer["parsed"] = parsed
        print(json.dumps(answer, default=str), flush=True)


main(*sys.argv[1:])
