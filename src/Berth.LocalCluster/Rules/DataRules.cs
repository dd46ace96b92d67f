using Berth.LocalCluster.Fields;
using Berth.LocalCluster.Kinds;

namespace Berth.LocalCluster.Rules;

/// <summary>Checks the keys of ConfigMaps and Secrets, and what some types of Secret must have.</summary>
internal static class DataRules
{
    private const int MaxKey = 253;
    private const string Form = "a valid config key must consist of alphanumeric characters, '-', '_' or '.' "
        + "(e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";

    private static readonly Dictionary<string, string[]> s_needed = new(StringComparer.Ordinal)
    {
        ["kubernetes.io/tls"] = ["tls.crt", "tls.key"],
        ["kubernetes.io/dockerconfigjson"] = [".dockerconfigjson"],
        ["kubernetes.io/ssh-auth"] = ["ssh-privatekey"],
    };

    public static void Check(FieldFaults faults, ResourceKind kind, JsonObject body)
    {
        foreach (string field in (string[])["data", "binaryData"])
        {
            foreach (string key in body.Map(field).Select(static pair => pair.Key))
            {
                if (key.Length > MaxKey)
                    faults.Invalid($"{field}[{key}]", key, "must be no more than 253 characters");
                if (key.Length == 0 || !key.All(static each => char.IsAsciiLetterOrDigit(each) || each is '-' or '_' or '.'))
                    faults.Invalid($"{field}[{key}]", key, Form);
                else if (key is "." or ".." || key.StartsWith("..", StringComparison.Ordinal))
                    faults.Invalid($"{field}[{key}]", key, key is "." or ".." ? $"must not be '{key}'" : "must not start with '..'");
            }
        }

        if (kind != KindTable.Secret || !s_needed.TryGetValue(body.Text("type") ?? "", out string[]? needed))
            return;
        foreach (string key in needed.Where(key => body.At("data", key) is null))
            faults.Required($"data[{key}]");
    }
}
