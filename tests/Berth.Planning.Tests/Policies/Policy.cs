using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Berth.Manifests;
using Cel;

namespace Berth.Planning.Policies;

/// <summary>
/// A policy of deploy/policies, evaluated as an API server does: its match conditions, its variables, then each expression.
/// </summary>
internal sealed partial class Policy
{
    private static readonly CelEnvironment s_cel = CreateEnvironment();

    private readonly JsonNode _spec;

    private Policy(JsonObject body) => _spec = body["spec"]!;

    /// <summary>Finds a policy by its name.</summary>
    public static Policy Find(string name) => new(PolicyFiles.All.Single(
        each => each.Text("kind")!.EndsWith("AdmissionPolicy", StringComparison.Ordinal) && each.Text("metadata", "name") == name));

    /// <summary>The messages of the validations that an object does not meet.</summary>
    public IReadOnlyList<string> Refusals(JsonNode @object, JsonNode? oldObject = null, JsonNode? parameters = null)
    {
        Dictionary<string, object?> names = NamesOf(@object, oldObject, parameters);
        if (!Matches(names))
            return [];
        return
        [
            .. from validation in _spec.Items("validations")
               where !IsTrue(validation.Text("expression")!, names)
               select validation.Text("message") ?? (string)Evaluate(validation.Text("messageExpression")!, names)!,
        ];
    }

    /// <summary>The object after the mutations.</summary>
    public JsonNode Apply(JsonNode @object)
    {
        JsonNode result = @object.DeepClone();
        if (!Matches(NamesOf(@object, null, null)))
            return result;
        foreach (JsonObject mutation in _spec.Items("mutations"))
        {
            // The library knows neither of the types Object and JSONPatch; a map with the same fields stands for each.
            bool isPatch = mutation.Text("patchType") == "JSONPatch";
            string expression = mutation.Text(isPatch ? "jsonPatch" : "applyConfiguration", "expression")!;
            JsonNode value = ToJson(Evaluate(
                FieldName().Replace(TypeName().Replace(expression, "{"), "\"$1\":"), NamesOf(result, null, null)))!;
            if (isPatch)
                JsonPatches.Apply(result, value.AsArray());
            else
                Merge(result, value);
        }

        return result;
    }

    private static Dictionary<string, object?> NamesOf(JsonNode @object, JsonNode? oldObject, JsonNode? parameters) =>
        new(StringComparer.Ordinal)
        {
            ["object"] = FromJson(@object),
            ["oldObject"] = FromJson(oldObject),
            ["params"] = FromJson(parameters),
            ["request"] = new Dictionary<string, object?> { ["name"] = @object.Text("metadata", "name") },
        };

    private bool Matches(Dictionary<string, object?> names)
    {
        Dictionary<string, object?> variables = [];
        names["variables"] = variables;
        if (!_spec.Items("matchConditions").All(condition => IsTrue(condition.Text("expression")!, names)))
            return false;
        foreach (JsonObject variable in _spec.Items("variables"))
            variables[variable.Text("name")!] = Evaluate(variable.Text("expression")!, names);
        return true;
    }

    private static bool IsTrue(string expression, Dictionary<string, object?> names) => Assert.IsType<bool>(Evaluate(expression, names));

    private static object? Evaluate(string expression, Dictionary<string, object?> names) => s_cel.Program(expression, names);

    /// <summary>Adds the functions of strings that Kubernetes has and the library has not.</summary>
    private static CelEnvironment CreateEnvironment()
    {
        CelEnvironment environment = new(null, null);
        environment.RegisterFunction(
            "split", [typeof(string), typeof(string)],
            static arguments => ((string)arguments[0]!).Split((string)arguments[1]!).Cast<object?>().ToArray());
        environment.RegisterFunction(
            "indexOf", [typeof(object?[]), typeof(string)],
            static arguments => (long)Array.IndexOf((object?[])arguments[0]!, arguments[1]));
        environment.RegisterFunction("trim", [typeof(string)], static arguments => ((string)arguments[0]!).Trim());
        return environment;
    }

    private static object? FromJson(JsonNode? node) => node switch
    {
        JsonObject fields => fields.ToDictionary(static field => field.Key, static field => FromJson(field.Value), StringComparer.Ordinal),
        JsonArray items => items.Select(FromJson).ToArray(),
        null => null,
        _ => node.GetValueKind() switch
        {
            JsonValueKind.String => node.Text(),
            JsonValueKind.Number => node.Number(),
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => null,
        },
    };

    private static JsonNode? ToJson(object? value) => value switch
    {
        IDictionary<string, object?> fields => new JsonObject(
            fields.Select(static field => KeyValuePair.Create(field.Key, ToJson(field.Value)))),
        string text => text,
        long number => number,
        bool truth => truth,
        System.Collections.IEnumerable items => new JsonArray([.. items.Cast<object?>().Select(ToJson)]),
        _ => null,
    };

    /// <summary>Merges objects by field. Lists are never in an ApplyConfiguration of ours: those of atomic lists are refused.</summary>
    private static void Merge(JsonNode into, JsonNode from)
    {
        foreach ((string name, JsonNode? value) in from.AsObject())
        {
            Assert.IsNotType<JsonArray>(value);
            if (value is JsonObject && into[name] is JsonObject)
                Merge(into[name]!, value);
            else
                into[name] = value?.DeepClone();
        }
    }

    [GeneratedRegex(@"(JSONPatch|Object(\.\w+)*)\{", RegexOptions.ExplicitCapture)]
    private static partial Regex TypeName();

    [GeneratedRegex(@"\b(\w+):")]
    private static partial Regex FieldName();
}
