"""Serves moto for the localcloud gateway, which starts this and holds its standard input open.

It writes one line of JSON to standard output when it accepts connections (or when it can't), and exits when
standard input closes: so it never outlives the gateway, however the gateway ends.
"""

import json
import logging
import os
import random
import string
import sys
import threading
import uuid
from xml.sax.saxutils import escape

IMPORT_FAILED = 3


def say(**fields):
    """Tells the gateway something, on the one channel that it reads."""
    channel.write(json.dumps(fields) + "\n")
    channel.flush()


def exit_with_gateway():
    """Waits for the gateway to close our standard input, or to die, then ends this process."""
    while sys.stdin.buffer.read(4096):
        pass
    os._exit(0)


def create_app(service):
    """Builds moto's application for one service."""
    app = create_backend_app(service)
    mend(service)
    app.register_error_handler(NotImplementedError, not_implemented)
    return app


def mend(service):
    """Mends what moto has of one service, which is loaded by now."""
    if service == "config":
        import moto.config.models

        moto.config.models.ConfigRule.MAX_RULES = 1000  # AWS's own limit; moto has the one of years ago
    if service == "rds":
        import moto.rds.models

        instance = moto.rds.models.DBInstance
        made = instance.__init__

        def make(self, *args, **kwargs):
            made(self, *args, **kwargs)
            self.dbi_resource_id = "db-" + "".join(random.choices(string.ascii_uppercase + string.digits, k=26))

        instance.__init__ = make  # moto gives all instances the same resource id, by which AWS Config names them
    if service == "ec2":
        keep_metadata_options()
    if service == "cloudwatch":
        look_at_metrics_by_name()


def keep_metadata_options():
    """Lets a change of an instance's metadata options leave alone what it does not name; moto forgets it."""
    from moto.ec2.models.instances import InstanceBackend

    change = InstanceBackend.modify_instance_metadata_options
    attributes = {
        "http_tokens": "http_tokens",
        "hop_limit": "http_put_response_hop_limit",
        "http_endpoint": "http_endpoint",
        "http_protocol": "http_protocol_ipv6",
        "metadata_tags": "instance_metadata_tags",
    }

    def change_named(self, instance_id, **options):
        before = self.get_instance(instance_id).metadata_options
        for option, attribute in attributes.items():
            if options.get(option) is None:
                options[option] = getattr(before, attribute)
        return change(self, instance_id, **options)

    InstanceBackend.modify_instance_metadata_options = change_named


class NamedMetrics:
    """A backend of CloudWatch that has the metrics of one name only."""

    def __init__(self, backend, metrics):
        self.backend, self.metrics = backend, metrics

    def __getattr__(self, name):
        return getattr(self.backend, name)

    def get_all_metrics(self):
        return self.metrics


def look_at_metrics_by_name():
    """Lets GetMetricData look at the metrics that are asked for. moto looks at all values that there are, for each period of
    each query, which takes seconds where there are many; and at those of other namespaces, where a query has dimensions."""
    from moto.cloudwatch.models import CloudWatchBackend

    answer = CloudWatchBackend.get_metric_data
    filing = threading.Lock()

    def named(self, namespace, name):
        with filing:
            values, filed, by_name = self.__dict__.get("filed", (None, 0, None))
            if values is not self.metric_data:
                values, filed, by_name = self.metric_data, 0, {}
            fresh = values[filed:]
            for value in fresh:
                by_name.setdefault((value.namespace, value.name), []).append(value)
            self.__dict__["filed"] = values, filed + len(fresh), by_name
            found = list(by_name.get((namespace, name), ()))
        if namespace == "AWS/S3":  # which moto measures when it is asked
            found += [value for value in self.aws_metric_data if value.name == name]
        return found

    def get_metric_data(self, queries, start_time, end_time, scan_by="TimestampAscending"):
        if not all("MetricStat" in query for query in queries):
            return answer(self, queries, start_time, end_time, scan_by)
        results = []
        for query in queries:
            metric = query["MetricStat"]["Metric"]
            only = NamedMetrics(self, named(self, metric["Namespace"], metric["MetricName"]))
            results += answer(only, [query], start_time, end_time, scan_by)
        return results

    CloudWatchBackend.get_metric_data = get_metric_data


def not_implemented(error):
    """Answers for an operation that moto does not have: with a 501, for an SDK tries a 500 again for minutes."""
    message = f"moto {moto.__version__}, which localcloud is made of, does not have this operation: {error}"
    number = str(uuid.uuid4())
    fault = f"<Code>NotImplemented</Code><Message>{escape(message)}</Message>"
    if "x-amz-target" in request.headers:
        body = json.dumps({"__type": "NotImplemented", "message": message})
    elif "/ec2/" in request.headers.get("Authorization", ""):
        body = f"<Response><Errors><Error>{fault}</Error></Errors><RequestID>{number}</RequestID></Response>"
    else:
        body = f"<ErrorResponse><Error><Type>Receiver</Type>{fault}</Error><RequestId>{number}</RequestId></ErrorResponse>"
    return body, 501, {"x-amzn-ErrorType": "NotImplemented", "x-amzn-RequestId": number}


channel = sys.stdout
sys.stdout = sys.stderr  # whatever moto prints belongs in the log
sys.path = [entry for entry in sys.path if entry]  # a folder called "moto" in the current one is not moto
threading.Thread(target=exit_with_gateway, daemon=True).start()

try:
    import moto
    import moto.config
    from flask import request
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
    from moto.s3.models import FakeDeleteMarker
    from werkzeug.serving import make_server
except ImportError as error:
    say(error=str(error))
    sys.exit(IMPORT_FAILED)

# moto 5.2.1 disposes of the last version of a key that is deleted, and forgets that a delete marker has nothing to dispose
# of: it answers 500, and whoever empties a versioned bucket tries again for ever.
FakeDeleteMarker.dispose = lambda self, garbage=False: None

logging.getLogger("werkzeug").setLevel(logging.ERROR)  # the gateway logs the requests
server = make_server("127.0.0.1", 0, DomainDispatcherApplication(create_app), threaded=True)
say(
    port=server.server_port,
    version=moto.__version__,
    managedRules=os.path.join(os.path.dirname(moto.config.__file__), "resources", "aws_managed_rules.json.gz"),
)
server.serve_forever()
