package remediation_test

import (
	"context"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds/types"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/remediation"
)

type parameters = remediation.Parameters

var _ = Describe("The remediation of DB instances without enough backups", func() {
	var databases *fakeRDS
	var fix remediation.Remediation
	ctx := context.Background()

	BeforeEach(func() {
		databases = &fakeRDS{pages: [][]types.DBInstance{{database()}}}
		fix = ofDatabase(databases, remediation.RDSBackupRetention)
	})

	retain := func(days int32) { databases.instance().BackupRetentionPeriod = aws.Int32(days) }

	DescribeTable("should plan for as many days as the rule asks",
		func(days int, given parameters, wanted int) {
			retain(int32(days))
			plan, err := planned(fix, shop, given)
			Expect(err).NotTo(HaveOccurred())
			if wanted == days {
				Expect(plan.Changes).To(BeEmpty())
				return
			}
			Expect(plan.Changes).To(Equal(changes{
				{Property: "BackupRetentionPeriod", Before: strconv.Itoa(days), After: strconv.Itoa(wanted)},
			}))
		},
		Entry("7 days without parameters", 0, nil, 7),
		Entry("at least so many", 3, parameters{"backupRetentionMinimum": " 14 "}, 14),
		Entry("not fewer than there are", 30, parameters{"backupRetentionMinimum": "14"}, 30),
		Entry("exactly so many", 0, parameters{"backupRetentionPeriod": "3"}, 3),
		Entry("exactly so many, which there are", 3, parameters{"backupRetentionPeriod": "3", "backupRetentionMinimum": "3"}, 3),
		Entry("exactly so many, which is more than the least", 8, parameters{"backupRetentionPeriod": "20", "backupRetentionMinimum": "7"}, 20),
		Entry("the most that RDS takes", 0, parameters{"backupRetentionMinimum": "35"}, 35),
	)

	DescribeTable("should say which parameter it can't follow",
		func(given parameters, says ...string) {
			retain(20)
			_, err := planned(fix, shop, given)
			for _, text := range says {
				Expect(err).To(MatchError(ContainSubstring(text)))
			}
		},
		Entry("both that are no numbers", parameters{"backupRetentionMinimum": "a week", "backupRetentionPeriod": ""},
			`backupRetentionMinimum is "a week"`, `backupRetentionPeriod is ""`),
		Entry("a retention that RDS does not have", parameters{"backupRetentionMinimum": "36"}, "from 1 to 35"),
		Entry("a retention of none", parameters{"backupRetentionPeriod": "0"}, "from 1 to 35"),
		Entry("two that contradict each other", parameters{"backupRetentionMinimum": "14", "backupRetentionPeriod": "7"},
			"exactly 7 days (backupRetentionPeriod)", "at least 14 (backupRetentionMinimum)"),
		Entry("a retention that would delete backups", parameters{"backupRetentionPeriod": "7"}, "backupRetentionPeriod asks for 7 days", "(20) deletes"),
		Entry("a time of day", parameters{"preferredBackupWindow": "03:00-04:00"}, "preferredBackupWindow"),
		Entry("neither true nor false", parameters{"checkReadReplicas": "maybe"}, `checkReadReplicas is "maybe"`),
	)

	DescribeTable("should look at read replicas unless the rule does not",
		func(mark func(instance *types.DBInstance), given parameters, planned7 bool) {
			mark(databases.instance())
			plan, err := planned(fix, shop, given)
			Expect(err).NotTo(HaveOccurred())
			Expect(len(plan.Changes) == 1).To(Equal(planned7))
		},
		Entry("of an instance", replicaOfInstance, nil, true),
		Entry("of an instance, when it asks for it", replicaOfInstance, parameters{"checkReadReplicas": "true"}, true),
		Entry("of an instance, when it does not ask", replicaOfInstance, parameters{"checkReadReplicas": "false"}, false),
		Entry("of a cluster, when it does not ask", replicaOfCluster, parameters{"checkReadReplicas": "FALSE"}, false),
		Entry("which others are not", func(*types.DBInstance) {}, parameters{"checkReadReplicas": "false"}, true),
	)

	It("should say that the backups of a cluster's member are the cluster's", func() {
		databases.instance().DBClusterIdentifier = aws.String("shops")
		_, err := planned(fix, shop)
		Expect(err).To(MatchError(ContainSubstring("aws rds modify-db-cluster --db-cluster-identifier shops --backup-retention-period 7")))
		retain(7)
		plan, err := planned(fix, shop)
		Expect(err).NotTo(HaveOccurred())
		Expect(plan.Changes).To(BeEmpty())
	})

	It("should take days that are on their way for those of the instance", func() {
		databases.instance().PendingModifiedValues = &types.PendingModifiedValues{BackupRetentionPeriod: aws.Int32(10)}
		Expect(fix.Read(ctx, shop)).To(MatchJSON(`{"backupRetentionPeriod":10}`))
	})

	DescribeTable("should have RDS apply at once what would wait otherwise",
		func(from, to int, immediate OmegaMatcher) {
			retain(int32(from))
			Expect(fix.Write(ctx, shop, days(from), days(to))).To(Succeed())
			Expect(databases.changes).To(HaveExactElements(And(
				HaveField("BackupRetentionPeriod", HaveValue(BeEquivalentTo(to))), HaveField("ApplyImmediately", immediate),
			)))
		},
		Entry("the first backups", 0, 7, HaveValue(BeTrue())),
		Entry("no backups again", 7, 0, HaveValue(BeTrue())),
		Entry("not more of them", 3, 7, BeNil()),
	)

	It("should have RDS apply at once what somebody has left to the maintenance window", func() {
		databases.instance().PendingModifiedValues = &types.PendingModifiedValues{BackupRetentionPeriod: aws.Int32(3)}
		Expect(fix.Write(ctx, shop, days(3), days(7))).To(Succeed())
		Expect(databases.changes).To(HaveExactElements(HaveField("ApplyImmediately", HaveValue(BeTrue()))))
	})

	DescribeTable("should not take along what somebody has left to the maintenance window",
		func(from, to int, pending types.PendingModifiedValues, written bool) {
			retain(int32(from))
			databases.instance().PendingModifiedValues = &pending
			err := fix.Write(ctx, shop, days(from), days(to))
			if written {
				Expect(err).NotTo(HaveOccurred())
				Expect(databases.changes).To(HaveLen(1))
				return
			}
			Expect(err).To(MatchError(ContainSubstring("other modifications wait for its maintenance window")))
			Expect(databases.changes).To(BeEmpty())
		},
		Entry("a class", 0, 7, types.PendingModifiedValues{DBInstanceClass: aws.String("db.r7g.large")}, false),
		Entry("which nothing waits for", 0, 7, types.PendingModifiedValues{}, true),
		Entry("which more days are not in the way of", 3, 7, types.PendingModifiedValues{DBInstanceClass: aws.String("db.r7g.large")}, true),
		Entry("other days, which are replaced", 0, 7, types.PendingModifiedValues{BackupRetentionPeriod: aws.Int32(3)}, true),
	)
})

func replicaOfInstance(instance *types.DBInstance) {
	instance.ReadReplicaSourceDBInstanceIdentifier = aws.String("source")
}

func replicaOfCluster(instance *types.DBInstance) {
	instance.ReadReplicaSourceDBClusterIdentifier = aws.String("sources")
}

func days(number int) remediation.State {
	return remediation.State(`{"backupRetentionPeriod":` + strconv.Itoa(number) + `}`)
}
