using System.Buffers;
using System.Text;
using System.Text.Json;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Berth.Kubernetes.Access.Kubeconfig;

/// <summary>Writes the <c>ExecCredential</c> that a plugin is given in KUBERNETES_EXEC_INFO.</summary>
internal static class ExecRequest
{
    // The key under a cluster's extensions that is meant for plugins.
    private const string ExtensionName = "client.authentication.k8s.io/exec";

    // Linux refuses to start a program with a longer variable (MAX_ARG_STRLEN). A few aliases of aliases would make one of any length.
    private const int Longest = 128 * 1024;

    internal static string Write(string apiVersion, KubeconfigCluster? cluster)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
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
                WriteNode(json, config.Node, depth: 0);
            }
        }
        json.WriteEndObject();
    }

    private static void WriteNode(Utf8JsonWriter json, YamlNode node, int depth)
    {
        // An alias can point at its own parent.
        if (depth > 64)
            throw new ClusterAccessException($"The extension {ExtensionName} is nested too deeply to be handed to the plugin. Flatten it.");
        if (json.BytesCommitted + json.BytesPending > Longest)
            throw new ClusterAccessException($"The extension {ExtensionName} is longer than {Longest / 1024} KiB, too long to be handed to the plugin. Shorten it.");
        switch (node)
        {
            case YamlMappingNode map:
                json.WriteStartObject();
                foreach ((YamlNode key, YamlNode value) in map.Children)
                {
                    json.WritePropertyName((key as YamlScalarNode)?.Value ?? "");
                    WriteNode(json, value, depth + 1);
                }
                json.WriteEndObject();
                break;
            case YamlSequenceNode list:
                json.WriteStartArray();
                foreach (YamlNode item in list.Children)
                    WriteNode(json, item, depth + 1);
                json.WriteEndArray();
                break;
            case YamlScalarNode scalar:
                WriteScalar(json, scalar);
                break;
        }
    }

    private static void WriteScalar(Utf8JsonWriter json, YamlScalarNode scalar)
    {
        switch (scalar.Style == ScalarStyle.Plain ? scalar.Value : null)
        {
            case "true" or "True" or "TRUE":
                json.WriteBooleanValue(true);
                break;
            case "false" or "False" or "FALSE":
                json.WriteBooleanValue(false);
                break;
            case "null" or "~" or "":
                json.WriteNullValue();
                break;
            case { } number when long.TryParse(number, System.Globalization.CultureInfo.InvariantCulture, out long integer):
                json.WriteNumberValue(integer);
                break;
            default:
                json.WriteStringValue(scalar.Value);
                break;
        }
    }
}
