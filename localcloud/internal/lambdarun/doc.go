// Package lambdarun runs Lambda functions: it unpacks their zips, starts their bootstraps as processes of this machine,
// and speaks the Lambda Runtime API with them. It keeps environments warm, holds them to their time-out and memory, and
// writes the log that Lambda writes. It knows neither moto nor Lambda's own API.
package lambdarun
