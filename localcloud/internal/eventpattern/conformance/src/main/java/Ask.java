import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.FileOutputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPOutputStream;
import software.amazon.event.ruler.JsonRuleCompiler;
import software.amazon.event.ruler.Machine;
import software.amazon.event.ruler.MachineComplexityEvaluator;

/**
 * Reads questions, one a line: {"pattern": "…", "events": ["…", …]}. Adds AWS's answers, and writes them to the
 * compressed file that it is given: "matches", a
 * boolean for each event, and "complexity"; or "error", the reason for which the pattern is refused.
 */
public final class Ask {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String CRASH = "the engine crashes";
    private static final int MOST_COMPLEX = 100;

    private Ask() { }

    public static void main(String[] arguments) throws Exception {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        GZIPOutputStream file = new GZIPOutputStream(new FileOutputStream(arguments[0]));
        try (PrintStream out = new PrintStream(file, false, StandardCharsets.UTF_8)) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                ObjectNode question = (ObjectNode) JSON.readTree(line);
                answer(question, question.get("pattern").asText());
                out.println(JSON.writeValueAsString(question));
            }
        }
    }

    private static void answer(ObjectNode question, String pattern) throws Exception {
        String error = JsonRuleCompiler.check(pattern);
        if (error != null) {
            question.put("error", error.split("\n")[0]);
            question.remove("events");
            return;
        }
        Machine machine = new Machine();
        try {
            machine.addRule("rule", pattern);
        } catch (RuntimeException e) {
            question.put("error", CRASH); // a pattern that it takes and can't work with
            question.remove("events");
            return;
        }
        question.put("complexity", machine.evaluateComplexity(new MachineComplexityEvaluator(MOST_COMPLEX)));
        ArrayNode matches = question.putArray("matches");
        for (JsonNode event : question.get("events")) {
            matches.add(!machine.rulesForJSONEvent(event.asText()).isEmpty());
        }
    }
}
