package remediation_test

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/rds/types"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/remediation"
)

// ofDatabase is a remediation of a DB instance.
func ofDatabase(databases *fakeRDS, name string) remediation.Remediation {
	return remediation.All(remediation.Clients{RDS: databases}, keyARN)[name]
}

var _ = DescribeTableSubtree("A remediation of DB instances",
	func(name string, missing func(instance *types.DBInstance), says string) {
		var databases *fakeRDS
		var fix remediation.Remediation
		ctx := context.Background()

		BeforeEach(func() {
			databases = &fakeRDS{pages: [][]types.DBInstance{{database()}}}
			fix = ofDatabase(databases, name)
		})

		It("should find an instance by its resource id, on whatever page it is", func() {
			databases.pages = [][]types.DBInstance{{}, {database()}, {}}
			Expect(fix.Read(ctx, shop)).NotTo(BeEmpty())
			Expect(databases.asked).To(HaveLen(3))
			Expect(databases.asked).To(HaveEach(HaveField("Filters", []types.Filter{
				{Name: aws.String("dbi-resource-id"), Values: []string{resourceID}},
			})))
		})

		It("should read the tags", func() {
			Expect(fix.Tags(ctx, shop)).To(Equal(map[string]string{"Team": "shop", "Empty": ""}))
			databases.instance().TagList = []types.Tag{}
			Expect(fix.Tags(ctx, shop)).To(BeEmpty())
		})

		It("should not take an answer without a list of tags for an instance without tags", func() {
			databases.instance().TagList = nil
			Expect(fix.Tags(ctx, shop)).Error().To(MatchError(ContainSubstring("no list of tags")))
		})

		DescribeTable("should neither read nor write what it was not told completely",
			func(spoil func(), wanted OmegaMatcher) {
				plan, err := planned(fix, shop)
				Expect(err).NotTo(HaveOccurred())
				spoil()
				Expect(fix.Tags(ctx, shop)).Error().To(wanted)
				Expect(fix.Read(ctx, shop)).Error().To(wanted)
				Expect(fix.Write(ctx, shop, plan.Before, plan.After)).To(wanted)
				Expect(databases.changes).To(BeEmpty())
			},
			Entry("when RDS does not let it", func() { databases.readErr = answer("AccessDenied") },
				And(HaveOccurred(), Not(MatchError(remediation.ErrGone)), MatchError(ContainSubstring(resourceID)))),
			Entry("when RDS does not know the instance", func() { databases.readErr = answer("DBInstanceNotFound") },
				MatchError(remediation.ErrGone)),
			Entry("when there is none", func() { databases.pages = [][]types.DBInstance{{}, {}} }, MatchError(remediation.ErrGone)),
			Entry("when it is being deleted", func() { databases.instance().DBInstanceStatus = aws.String("deleting") },
				MatchError(remediation.ErrGone)),
			Entry("when there is no list", func() { databases.pages = [][]types.DBInstance{nil} },
				And(MatchError(ContainSubstring("no list of instances")), Not(MatchError(remediation.ErrGone)))),
			Entry("when there are two", func() { databases.pages = [][]types.DBInstance{{database()}, {database()}} },
				MatchError(ContainSubstring("2 instances"))),
			Entry("when it is another", func() { databases.instance().DbiResourceId = aws.String("db-OTHER") },
				MatchError(ContainSubstring(`about "db-OTHER"`))),
			Entry("when it has no identifier", func() { databases.instance().DBInstanceIdentifier = nil },
				MatchError(ContainSubstring("no identifier"))),
			Entry("when it has no status", func() { databases.instance().DBInstanceStatus = nil },
				MatchError(ContainSubstring("no status"))),
		)

		It("should not take an answer without the setting for a state", func() {
			plan, err := planned(fix, shop)
			Expect(err).NotTo(HaveOccurred())
			missing(databases.instance())
			Expect(fix.Read(ctx, shop)).Error().To(MatchError(ContainSubstring(says)))
			Expect(fix.Write(ctx, shop, plan.Before, plan.After)).To(MatchError(ContainSubstring(says)))
			Expect(databases.changes).To(BeEmpty())
		})

		DescribeTable("should modify an instance where RDS does",
			func(status string, modifies bool) {
				plan, err := planned(fix, shop)
				Expect(err).NotTo(HaveOccurred())
				databases.instance().DBInstanceStatus = aws.String(status)
				if modifies {
					Expect(fix.Write(ctx, shop, plan.Before, plan.After)).To(Succeed())
					Expect(databases.changes).To(HaveExactElements(HaveField("DBInstanceIdentifier", HaveValue(Equal("shop")))))
					return
				}
				Expect(fix.Write(ctx, shop, plan.Before, plan.After)).To(MatchError(ContainSubstring("its status is " + status)))
				Expect(databases.changes).To(BeEmpty())
			},
			Entry(nil, "available", true),
			Entry(nil, "storage-optimization", true),
			Entry(nil, "creating", false),
			Entry(nil, "modifying", false),
			Entry(nil, "stopped", false),
		)

		It("should pass on RDS's refusal", func() {
			plan, err := planned(fix, shop)
			Expect(err).NotTo(HaveOccurred())
			databases.writeErr = answer("InvalidDBInstanceState")
			Expect(fix.Write(ctx, shop, plan.Before, plan.After)).To(And(MatchError(databases.writeErr), MatchError(ContainSubstring("shop"))))
			Expect(fix.Read(ctx, shop)).To(MatchJSON(plan.Before))
		})

		It("should apply a plan, write nothing the second time, and bring back the state before", func() {
			plan, err := planned(fix, shop)
			Expect(err).NotTo(HaveOccurred())
			Expect(remediation.Verify(ctx, fix, shop, plan.After)).To(MatchError(remediation.ErrDiffers))
			Expect(fix.Write(ctx, shop, plan.Before, plan.After)).To(Succeed())
			Expect(remediation.Verify(ctx, fix, shop, plan.After)).To(Succeed())
			again, err := planned(fix, shop)
			Expect(err).NotTo(HaveOccurred())
			Expect(again.Changes).To(BeEmpty())

			databases.instance().DBInstanceStatus = aws.String("modifying")
			Expect(fix.Write(ctx, shop, plan.Before, plan.After)).To(Succeed(), "the first write has landed")
			Expect(databases.changes).To(HaveLen(1))

			databases.instance().DBInstanceStatus = aws.String("available")
			Expect(fix.Write(ctx, shop, plan.After, plan.Before)).To(Succeed())
			Expect(remediation.Verify(ctx, fix, shop, plan.Before)).To(Succeed())
			Expect(databases.changes).To(HaveLen(2))
		})

		It("should write to an instance that was renamed", func() {
			plan, err := planned(fix, shop)
			Expect(err).NotTo(HaveOccurred())
			databases.instance().DBInstanceIdentifier = aws.String("store")
			Expect(fix.Write(ctx, shop, plan.Before, plan.After)).To(Succeed())
			Expect(databases.changes).To(HaveEach(HaveField("DBInstanceIdentifier", HaveValue(Equal("store")))))
		})
	},
	Entry("that makes them keep backups", remediation.RDSBackupRetention,
		func(instance *types.DBInstance) { instance.BackupRetentionPeriod = nil }, "no backup retention"),
	Entry("that closes them to the public", remediation.RDSPublicAccess,
		func(instance *types.DBInstance) { instance.PubliclyAccessible = nil }, "does not say whether it is public"),
)

var _ = Describe("The remediation of public DB instances", func() {
	var databases *fakeRDS
	var fix remediation.Remediation
	ctx := context.Background()

	BeforeEach(func() {
		databases = &fakeRDS{pages: [][]types.DBInstance{{database()}}}
		fix = ofDatabase(databases, remediation.RDSPublicAccess)
	})

	It("should close an instance that is public, and leave alone what waits for the maintenance window", func() {
		databases.instance().PendingModifiedValues = &types.PendingModifiedValues{DBInstanceClass: aws.String("db.r7g.large")}
		plan, err := planned(fix, shop)
		Expect(err).NotTo(HaveOccurred())
		Expect(plan.Changes).To(Equal(changes{{Property: "PubliclyAccessible", Before: "true", After: "false"}}))
		Expect(fix.Write(ctx, shop, plan.Before, plan.After)).To(Succeed())
		Expect(databases.changes).To(Equal([]rds.ModifyDBInstanceInput{
			{DBInstanceIdentifier: aws.String("shop"), PubliclyAccessible: aws.Bool(false)},
		}))
	})

	It("should find nothing to do for one that is not", func() {
		databases.instance().PubliclyAccessible = aws.Bool(false)
		databases.instance().DBClusterIdentifier = aws.String("pair")
		plan, err := planned(fix, shop)
		Expect(err).NotTo(HaveOccurred())
		Expect(plan.Changes).To(BeEmpty())
	})

	DescribeTable("should know which members of clusters RDS modifies",
		func(engine string, modifies bool) {
			databases.instance().DBClusterIdentifier, databases.instance().Engine = aws.String("pair"), aws.String(engine)
			plan, err := planned(fix, shop)
			if modifies {
				Expect(err).NotTo(HaveOccurred())
				Expect(plan.Changes).To(HaveLen(1))
				return
			}
			Expect(err).To(MatchError(ContainSubstring("Multi-AZ DB cluster (pair)")))
		},
		Entry(nil, "aurora-postgresql", true),
		Entry(nil, "neptune", true),
		Entry(nil, "docdb", true),
		Entry(nil, "mysql", false),
		Entry(nil, "postgres", false),
	)
})
