// The processor as one writes it in Node.js: keep the event by a conditional write, tell people, mark it.
import { createHash } from 'node:crypto';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';

const s3 = new S3Client({ forcePathStyle: Boolean(process.env.AWS_ENDPOINT_URL) });
const sns = new SNSClient({});
const bucket = process.env.COMPLIANCE_REPORTS_BUCKET;
const topic = process.env.COMPLIANCE_VIOLATIONS_TOPIC;
const prefix = process.env.COMPLIANCE_PREFIX;

const metric = (name) => console.log(JSON.stringify({
  _aws: {
    Timestamp: Date.now(),
    CloudWatchMetrics: [{ Namespace: 'ComplianceMonitor', Dimensions: [['Deployment']], Metrics: [{ Name: name, Unit: 'Count' }] }],
  },
  Deployment: prefix, [name]: 1,
}));

const body = (record) => [
  'A resource violates a compliance rule.', '',
  `Rule:       ${record.rule}`,
  `Resource:   ${record.resourceType} ${record.resourceId}`,
  `Account:    ${record.account}`,
  `Region:     ${record.region}`,
  `Since:      ${record.orderingTimestamp}`,
  `Is:         ${record.compliance}`, '',
  'Timeline in the console:',
  `https://${record.region}.console.aws.amazon.com/config/home?region=${record.region}#/resources/timeline?` +
    new URLSearchParams({ resourceId: record.resourceId, resourceType: record.resourceType }),
  '', `Sent by ${prefix}.`,
].join('\n');

export const handler = async (event) => {
  const { detail } = event;
  if (event.source !== 'aws.config' || detail?.messageType !== 'ComplianceChangeNotification' || !detail.newEvaluationResult ||
      !detail.configRuleName.startsWith(`${prefix}-`)) {
    metric('IgnoredEvents');
    return null;
  }
  const ordering = detail.newEvaluationResult.evaluationResultIdentifier.orderingTimestamp;
  const id = createHash('sha256').update([detail.configRuleName, detail.resourceType, detail.resourceId, ordering].join('\0'))
    .digest('hex').slice(0, 32);
  const record = {
    schemaVersion: 1, id, rule: detail.configRuleName.slice(prefix.length + 1), resourceType: detail.resourceType,
    resourceId: detail.resourceId, account: detail.awsAccountId, region: detail.awsRegion,
    compliance: detail.newEvaluationResult.complianceType, orderingTimestamp: ordering, receivedAt: new Date().toISOString(),
    notification: { delivery: 'pending' }, event,
  };
  const Key = `events/${ordering.slice(0, 10).replaceAll('-', '/')}/${id}.json`;
  const put = (condition) => s3.send(new PutObjectCommand({
    Bucket: bucket, Key, Body: JSON.stringify(record), ContentType: 'application/json', ...condition,
  }));
  let ETag;
  try {
    ({ ETag } = await put({ IfNoneMatch: '*' }));
  } catch (error) {
    if (error.name !== 'PreconditionFailed') throw error;
    const found = await s3.send(new GetObjectCommand({ Bucket: bucket, Key }));
    if (JSON.parse(await found.Body.transformToString()).notification.delivery !== 'pending') {
      metric('DuplicateEvents');
      return null;
    }
    ({ ETag } = found);
  }
  const attribute = (StringValue) => ({ DataType: 'String', StringValue });
  const { MessageId } = await sns.send(new PublishCommand({
    TopicArn: topic, Subject: `violation: ${record.rule} on ${record.resourceId}`.slice(0, 99), Message: body(record),
    MessageAttributes: {
      rule: attribute(record.rule), resourceType: attribute(record.resourceType), compliance: attribute(record.compliance),
    },
  }));
  record.notification = { delivery: 'sent', sentAt: new Date().toISOString(), messageId: MessageId };
  await put({ IfMatch: ETag });
  metric('EventsProcessed');
  return null;
};
