package evaluate

import (
	"context"
	"slices"
)

// tables are DynamoDB's.
var tables = kind[string]{
	name: "AWS::DynamoDB::Table",
	id:   func(name string) string { return name },
	list: func(ctx context.Context, account *Account, _ string) ([]string, error) {
		var all []string
		page := map[string]any{}
		for {
			var out struct {
				TableNames             []string
				LastEvaluatedTableName string
			}
			if err := account.json(ctx, "dynamodb", "DynamoDB_20120810.ListTables", page, &out); err != nil {
				return nil, err
			}
			all = append(all, out.TableNames...)
			if out.LastEvaluatedTableName == "" {
				return all, nil
			}
			page["ExclusiveStartTableName"] = out.LastEvaluatedTableName
		}
	},
}

type fileSystem struct {
	ID        string `json:"FileSystemId"`
	Encrypted bool
	Key       string `json:"KmsKeyId"`
}

var fileSystems = kind[fileSystem]{
	name: "AWS::EFS::FileSystem",
	id:   func(f fileSystem) string { return f.ID },
	list: func(ctx context.Context, account *Account, _ string) ([]fileSystem, error) {
		var out struct{ FileSystems []fileSystem }
		err := account.get(ctx, "elasticfilesystem", "/2015-02-01/file-systems", &out)
		return out.FileSystems, err
	},
}

// topics are SNS's, by ARN.
var topics = kind[string]{
	name: "AWS::SNS::Topic",
	id:   func(arn string) string { return arn },
	list: func(ctx context.Context, account *Account, id string) ([]string, error) {
		if id != "" {
			return []string{id}, nil
		}
		var all []string
		var parameters []string
		for {
			var out struct {
				ARNs []string `xml:"ListTopicsResult>Topics>member>TopicArn"`
				Next string   `xml:"ListTopicsResult>NextToken"`
			}
			if err := account.query(ctx, "sns", "2010-03-31", "ListTopics", &out, parameters...); err != nil {
				return nil, err
			}
			all = append(all, out.ARNs...)
			if out.Next == "" {
				return all, nil
			}
			parameters = []string{"NextToken", out.Next}
		}
	},
}

type secret struct {
	ARN      string
	Rotated  bool `json:"RotationEnabled"`
	Rotation struct {
		Days int `json:"AutomaticallyAfterDays"`
	} `json:"RotationRules"`
}

var secrets = kind[secret]{
	name: "AWS::SecretsManager::Secret",
	id:   func(s secret) string { return s.ARN },
	list: func(ctx context.Context, account *Account, _ string) ([]secret, error) {
		var all []secret
		page := map[string]any{}
		for {
			var out struct {
				SecretList []secret
				NextToken  string
			}
			if err := account.json(ctx, "secretsmanager", "secretsmanager.ListSecrets", page, &out); err != nil {
				return nil, err
			}
			all = append(all, out.SecretList...)
			if out.NextToken == "" {
				return all, nil
			}
			page["NextToken"] = out.NextToken
		}
	},
}

var dataRules = map[string][]check{
	"DYNAMODB_PITR_ENABLED": {probe(tables, recoverable)},
	"EFS_ENCRYPTED_CHECK": {each(fileSystems, func(f fileSystem, given *parameters) Outcome {
		wanted := given.text("KmsKeyId")
		return require(f.Encrypted && (wanted == "" || sameKey(wanted, f.Key)), "The file system is not encrypted as the rule wants it.")
	})},
	"SNS_ENCRYPTED_KMS":                     {probe(topics, topicEncrypted)},
	"SECRETSMANAGER_ROTATION_ENABLED_CHECK": {each(secrets, secretRotated)},
}

func recoverable(ctx context.Context, account *Account, table string, _ *parameters) (Outcome, error) {
	var out struct {
		ContinuousBackupsDescription struct {
			PointInTimeRecoveryDescription struct{ PointInTimeRecoveryStatus string }
		}
	}
	err := account.json(ctx, "dynamodb", "DynamoDB_20120810.DescribeContinuousBackups", map[string]string{"TableName": table}, &out)
	status := out.ContinuousBackupsDescription.PointInTimeRecoveryDescription.PointInTimeRecoveryStatus
	return require(status == "ENABLED", "Point-in-time recovery is not enabled for the table."), err
}

func topicEncrypted(ctx context.Context, account *Account, arn string, given *parameters) (Outcome, error) {
	var out struct {
		Entries []struct {
			Key   string `xml:"key"`
			Value string `xml:"value"`
		} `xml:"GetTopicAttributesResult>Attributes>entry"`
	}
	if err := account.query(ctx, "sns", "2010-03-31", "GetTopicAttributes", &out, "TopicArn", arn); err != nil {
		return Outcome{}, err
	}
	key := ""
	for _, entry := range out.Entries {
		if entry.Key == "KmsMasterKeyId" {
			key = entry.Value
		}
	}
	allowed := given.list("kmsKeyIds")
	if key != "" && len(allowed) > 0 {
		listed := slices.ContainsFunc(allowed, func(name string) bool { return sameKey(name, key) })
		return require(listed, "The topic is encrypted with the key %s, which kmsKeyIds does not list.", key), nil
	}
	return require(key != "", "The topic is not encrypted with a KMS key."), nil
}

func secretRotated(s secret, given *parameters) Outcome {
	limit := given.number("maximumAllowedRotationFrequency", 0)
	if s.Rotated && limit > 0 {
		return require(s.Rotation.Days > 0 && s.Rotation.Days <= limit, "The secret is rotated less often than every %d days.", limit)
	}
	return require(s.Rotated, "The secret is not rotated.")
}
