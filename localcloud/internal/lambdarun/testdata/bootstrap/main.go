// Command bootstrap is a function for tests: it does what its events, and its environment, tell it.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"time"
)

// event tells the function what to do.
type event struct {
	Do     string
	Text   string
	Number int
}

// hoard keeps what was eaten.
var hoard [][]byte

const version = "/2018-06-01/runtime/"

func main() {
	initialise(os.Getenv("INIT"))
	for {
		next()
	}
}

// initialise does what the setting INIT says before the first event.
func initialise(what string) {
	name, argument, _ := strings.Cut(what, " ")
	switch name {
	case "print":
		fmt.Println(argument)
	case "exit":
		fmt.Println("leaving early")
		os.Exit(7)
	case "exit-once": // the second time it finds the file that it left
		if os.Mkdir(os.TempDir()+"/been", 0o755) == nil {
			os.Exit(7)
		}
	case "error":
		post("init/error", `{"errorType":"Init.Failed","errorMessage":"no luck"}`, "Init.Failed")
		os.Exit(1)
	case "sleep":
		time.Sleep(time.Hour)
	}
}

func next() {
	response, err := http.Get("http://" + os.Getenv("AWS_LAMBDA_RUNTIME_API") + version + "invocation/next")
	if err != nil {
		panic(err)
	}
	body, err := io.ReadAll(response.Body)
	if err != nil {
		panic(err)
	}
	response.Body.Close()
	id := response.Header.Get("Lambda-Runtime-Aws-Request-Id")
	var in event
	json.Unmarshal(body, &in)
	answer, fault := handle(in, body, response.Header)
	if fault != "" {
		post("invocation/"+id+"/error", fault, "Function.Broken")
		return
	}
	post("invocation/"+id+"/response", answer, "")
	if in.Do == "leave" {
		os.Exit(0)
	}
}

// handle does what an event says, and gives the answer or the error.
func handle(in event, body []byte, header http.Header) (string, string) {
	switch in.Do {
	case "fail":
		return "", fmt.Sprintf(`{"errorType":"Function.Broken","errorMessage":%q}`, in.Text)
	case "crash":
		fmt.Fprintln(os.Stderr, "about to crash")
		os.Exit(in.Number)
	case "sleep":
		child := exec.Command("sleep", "3600")
		child.Start() // it goes with its parent
		fmt.Println("child", child.Process.Pid)
		time.Sleep(time.Hour)
	case "wait":
		time.Sleep(time.Duration(in.Number) * time.Millisecond)
		return `"waited"`, ""
	case "eat":
		for range in.Number {
			hoard = append(hoard, bytes.Repeat([]byte{1}, 1<<20))
		}
		return `"full"`, ""
	case "print":
		fmt.Println(in.Text)
		return `null`, ""
	case "environment":
		text, _ := json.Marshal(os.Environ())
		return string(text), ""
	case "headers":
		text, _ := json.Marshal(header)
		return string(text), ""
	case "whoami":
		return call(), ""
	case "much":
		return `"` + strings.Repeat("x", in.Number) + `"`, ""
	case "pid":
		return fmt.Sprint(os.Getpid()), ""
	case "folder":
		folder, _ := os.Getwd()
		text, _ := json.Marshal([]string{folder, os.TempDir()})
		if err := os.WriteFile(os.TempDir()+"/left", nil, 0o600); err != nil {
			panic(err)
		}
		return string(text), ""
	}
	return string(body), ""
}

// call asks AWS who it is.
func call() string {
	request, err := http.NewRequest(http.MethodPost, os.Getenv("AWS_ENDPOINT_URL"), strings.NewReader("Action=GetCallerIdentity&Version=2011-06-15"))
	if err != nil {
		panic(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential="+os.Getenv("AWS_ACCESS_KEY_ID")+"/20260101/"+os.Getenv("AWS_REGION")+
		"/sts/aws4_request, SignedHeaders=host, Signature=none")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		panic(err)
	}
	defer response.Body.Close()
	body, _ := io.ReadAll(response.Body)
	text, _ := json.Marshal(string(body))
	return string(text)
}

func post(path, body, errorType string) {
	request, err := http.NewRequest(http.MethodPost, "http://"+os.Getenv("AWS_LAMBDA_RUNTIME_API")+version+path, strings.NewReader(body))
	if err != nil {
		panic(err)
	}
	if errorType != "" {
		request.Header.Set("Lambda-Runtime-Function-Error-Type", errorType)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		panic(err)
	}
	io.Copy(io.Discard, response.Body)
	response.Body.Close()
}
