using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Berth.Kubernetes.Access.Kubeconfig;

/// <summary>Writes the <c>ExecCredential</c> that a plugin receives in KUBERNETES_EXEC_INFO.</summary>
internal static class ExecRequest
{
    // The key for plugins in a cluster's extensions.
    private const string ExtensionName = "client.authentication.k8s.io/exec";

    // Linux does not start a program with a longer variable (MAX_ARG_STRLEN). A few aliases of aliases can create any length.
    private const int MaxBytes = 128 * 1024;

    internal static string Write(string apiVersion, KubeconfigCluster? cluster)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter json = new(buffer))
        {
            json.WriteStartObject();
            json.WriteString("kind", "ExecCredential");
            json.WriteString("apiVersion", apiVersion);
            json.WriteStartObject("spec");
            if (cluster is not null)
                WriteCluster(json, cluster);
            json.WriteBoolean("interactive", false);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void WriteCluster(Utf8JsonWriter json, KubeconfigCluster cluster)
    {
        json.WriteStartObject("cluster");
        json.WriteString("server", cluster.Entry.Text("server"));
        if (cluster.Trust.ServerName is { } name)
            json.WriteString("tls-server-name", name);
        if (cluster.Trust.SkipVerify)
            json.WriteBoolean("insecure-skip-tls-verify", true);
        if (cluster.Trust.AuthorityPem() is { } pem)
            json.WriteBase64String("certificate-authority-data", Encoding.UTF8.GetBytes(pem));
        foreach (YamlMap extension in cluster.Entry.Maps("extensions"))
        {
            if (extension.Text("name") == ExtensionName && extension.Map("extension") is { } config)
            {
                json.WritePropertyName("config");
                WriteValue(json, config.Value, depth: 0);
            }
        }

        json.WriteEndObject();
    }

    private static void WriteValue(Utf8JsonWriter json, YamlValue value, int depth)
    {
        // Aliases can make it deeper than the text.
        if (depth > 64)
            throw new ClusterAccessException($"The extension {ExtensionName} is nested too deeply to be handed to the plugin. Flatten it.");
        if (json.BytesCommitted + json.BytesPending > MaxBytes)
            throw new ClusterAccessException(
                $"The extension {ExtensionName} is longer than {MaxBytes / 1024} KiB, too long to be handed to the plugin. Shorten it.");
        if (value.Fields is { } fields)
        {
            json.WriteStartObject();
            foreach ((string name, YamlValue field) in fields)
            {
                json.WritePropertyName(name);
                WriteValue(json, field, depth + 1);
            }

            json.WriteEndObject();
        }
        else if (value.Items is { } items)
        {
            json.WriteStartArray();
            foreach (YamlValue item in items)
                WriteValue(json, item, depth + 1);
            json.WriteEndArray();
        }
        else
        {
            WriteSingle(json, value.Single);
        }
    }

    private static void WriteSingle(Utf8JsonWriter json, object? value)
    {
        switch (value)
        {
            case null:
                json.WriteNullValue();
                break;
            case bool flag:
                json.WriteBooleanValue(flag);
                break;
            case long number:
                json.WriteNumberValue(number);
                break;
            case ulong number:
                json.WriteNumberValue(number);
                break;
            case double number:
                json.WriteNumberValue(number);
                break;
            default:
                json.WriteStringValue((string)value);
                break;
        }
    }
}
