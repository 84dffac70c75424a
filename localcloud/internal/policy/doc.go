// Package policy reads AWS policy documents and decides requests by them. It is pure: what a request says is given as
// a map of condition keys, and nothing is looked up.
//
// It follows the IAM user guide, "Policy evaluation logic" and "IAM JSON policy elements reference".
package policy
