package s3svc

import (
	"net/http"
	"net/url"
)

// subresources of a bucket and the names of their actions. The order does not matter: a request has one of them.
var bucketActions = map[string]map[string]string{
	http.MethodGet: {
		"accelerate": "GetAccelerateConfiguration", "acl": "GetBucketAcl", "analytics": "GetAnalyticsConfiguration",
		"cors": "GetBucketCORS", "encryption": "GetEncryptionConfiguration",
		"intelligent-tiering": "GetIntelligentTieringConfiguration", "inventory": "GetInventoryConfiguration",
		"lifecycle": "GetLifecycleConfiguration", "location": "GetBucketLocation", "logging": "GetBucketLogging",
		"metrics": "GetMetricsConfiguration", "notification": "GetBucketNotification",
		"object-lock": "GetBucketObjectLockConfiguration", "ownershipControls": "GetBucketOwnershipControls",
		"policy": "GetBucketPolicy", "policyStatus": "GetBucketPolicyStatus",
		"publicAccessBlock": "GetBucketPublicAccessBlock", "replication": "GetReplicationConfiguration",
		"requestPayment": "GetBucketRequestPayment", "tagging": "GetBucketTagging",
		"uploads": "ListBucketMultipartUploads", "versioning": "GetBucketVersioning", "versions": "ListBucketVersions",
		"website": "GetBucketWebsite",
	},
	http.MethodPut: {
		"accelerate": "PutAccelerateConfiguration", "acl": "PutBucketAcl", "analytics": "PutAnalyticsConfiguration",
		"cors": "PutBucketCORS", "encryption": "PutEncryptionConfiguration",
		"intelligent-tiering": "PutIntelligentTieringConfiguration", "inventory": "PutInventoryConfiguration",
		"lifecycle": "PutLifecycleConfiguration", "logging": "PutBucketLogging", "metrics": "PutMetricsConfiguration",
		"notification": "PutBucketNotification", "object-lock": "PutBucketObjectLockConfiguration",
		"ownershipControls": "PutBucketOwnershipControls", "policy": "PutBucketPolicy",
		"publicAccessBlock": "PutBucketPublicAccessBlock", "replication": "PutReplicationConfiguration",
		"requestPayment": "PutBucketRequestPayment", "tagging": "PutBucketTagging",
		"versioning": "PutBucketVersioning", "website": "PutBucketWebsite",
	},
	http.MethodDelete: {
		"analytics": "PutAnalyticsConfiguration", "cors": "PutBucketCORS", "encryption": "PutEncryptionConfiguration",
		"intelligent-tiering": "PutIntelligentTieringConfiguration", "inventory": "PutInventoryConfiguration",
		"lifecycle": "PutLifecycleConfiguration", "metrics": "PutMetricsConfiguration",
		"ownershipControls": "PutBucketOwnershipControls", "policy": "DeleteBucketPolicy",
		"publicAccessBlock": "PutBucketPublicAccessBlock", "replication": "PutReplicationConfiguration",
		"tagging": "PutBucketTagging", "website": "DeleteBucketWebsite",
	},
}

// defaultBucketActions are the actions of requests about a bucket without a subresource.
var defaultBucketActions = map[string]string{
	http.MethodGet: "ListBucket", http.MethodHead: "ListBucket",
	http.MethodPut: "CreateBucket", http.MethodDelete: "DeleteBucket", http.MethodPost: "PutObject",
}

// objectAction is the action of a request about an object, and of the same about one of its versions.
type objectAction struct{ current, version string }

var objectActions = map[string]map[string]objectAction{
	http.MethodGet: {
		"acl":        {"GetObjectAcl", "GetObjectVersionAcl"},
		"attributes": {"GetObjectAttributes", "GetObjectVersionAttributes"},
		"legal-hold": {"GetObjectLegalHold", "GetObjectLegalHold"},
		"retention":  {"GetObjectRetention", "GetObjectRetention"},
		"tagging":    {"GetObjectTagging", "GetObjectVersionTagging"},
		"torrent":    {"GetObjectTorrent", "GetObjectVersionTorrent"},
		"uploadId":   {"ListMultipartUploadParts", "ListMultipartUploadParts"},
	},
	http.MethodPut: {
		"acl":        {"PutObjectAcl", "PutObjectVersionAcl"},
		"legal-hold": {"PutObjectLegalHold", "PutObjectLegalHold"},
		"retention":  {"PutObjectRetention", "PutObjectRetention"},
		"tagging":    {"PutObjectTagging", "PutObjectVersionTagging"},
	},
	http.MethodDelete: {
		"tagging":  {"DeleteObjectTagging", "DeleteObjectVersionTagging"},
		"uploadId": {"AbortMultipartUpload", "AbortMultipartUpload"},
	},
	http.MethodPost: {
		"restore": {"RestoreObject", "RestoreObject"},
		"select":  {"GetObject", "GetObject"},
	},
}

var defaultObjectActions = map[string]objectAction{
	http.MethodGet:    {"GetObject", "GetObjectVersion"},
	http.MethodHead:   {"GetObject", "GetObjectVersion"},
	http.MethodPut:    {"PutObject", "PutObject"},
	http.MethodPost:   {"PutObject", "PutObject"}, // beginning and completing a multipart upload
	http.MethodDelete: {"DeleteObject", "DeleteObjectVersion"},
}

// action is the IAM action of a request, without its "s3:"; empty for one that has none, like OPTIONS.
func action(method string, about target, query url.Values) string {
	if about.bucket == "" {
		return "ListAllMyBuckets"
	}
	if about.key == "" {
		if method == http.MethodPost && query.Has("delete") {
			return "" // each of the objects is judged by itself
		}
		for subresource, name := range bucketActions[method] {
			if query.Has(subresource) {
				return name
			}
		}
		return defaultBucketActions[method]
	}
	chosen := defaultObjectActions[method]
	for subresource, named := range objectActions[method] {
		if query.Has(subresource) {
			chosen = named
		}
	}
	if query.Has("versionId") {
		return chosen.version
	}
	return chosen.current
}

// check is one thing that a request must not be denied.
type check struct {
	action string
	about  target
}

// checks are all the things that a request must not be denied: its own action, and those that its headers imply.
func checks(r *http.Request, about target) []check {
	if about.bucket == "" {
		return nil // no bucket's policy is asked
	}
	first := action(r.Method, about, r.URL.Query())
	if first == "" {
		return nil
	}
	all := []check{{"s3:" + first, about}}
	if source, versioned, found := copySource(r); found && first == "PutObject" {
		read := "s3:GetObject"
		if versioned {
			read = "s3:GetObjectVersion"
		}
		all = append(all, check{read, source})
	}
	if first == "PutObject" && r.Header.Get("X-Amz-Acl") != "" {
		all = append(all, check{"s3:PutObjectAcl", about})
	}
	if first == "PutObject" && r.Header.Get("X-Amz-Tagging") != "" {
		all = append(all, check{"s3:PutObjectTagging", about})
	}
	return all
}
