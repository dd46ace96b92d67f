using System.Globalization;
using System.Reflection;
using Berth.Cli.Files;
using Berth.Cli.Hosting;
using Berth.Cli.Options;
using YamlDotNet.RepresentationModel;

namespace Berth.Cli.Up;

/// <summary>The manifests of deploy/, as on a cluster, with the few values that the options of <c>berth up</c> change.</summary>
internal static class BuiltInManifests
{
    private const string Prefix = "deploy/";

    /// <summary>Reads the manifests and applies the options.</summary>
    /// <param name="options">The options.</param>
    /// <param name="seatKeys">The file of keys for seats, or null without seats.</param>
    /// <returns>A text for each file, the Namespace first.</returns>
    public static IReadOnlyList<string> Read(UpOptions options, string? seatKeys = null)
    {
        Assembly assembly = typeof(BuiltInManifests).Assembly;
        string[] names =
            [.. assembly.GetManifestResourceNames().Where(static name => name.StartsWith(Prefix, StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)];
        if (names.Length == 0)
            throw CommandException.Usage("This build of berth carries no manifests. Give some with --file, such as deploy/base.");
        return [.. names.Select(name => Change(ReadText(assembly, name), options, seatKeys))];
    }

    private static string ReadText(Assembly assembly, string name)
    {
        using StreamReader reader = new(assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }

    private static string Change(string text, UpOptions options, string? seatKeys)
    {
        if (options is { Replicas: 3, BasePort: PortSettings.DefaultBase } && seatKeys is null)
            return text;
        YamlStream documents = [];
        using (StringReader reader = new(text))
            documents.Load(reader);
        foreach (YamlDocument document in documents)
        {
            if (document.RootNode is YamlMappingNode root)
                Change(root, options, seatKeys);
        }

        using StringWriter writer = new(CultureInfo.InvariantCulture);
        documents.Save(writer, assignAnchors: false);
        return writer.ToString();
    }

    private static void Change(YamlMappingNode root, UpOptions options, string? seatKeys)
    {
        string name = root.Map("metadata").Text("name");
        if (seatKeys is not null && root.Text("kind") is ("StatefulSet" or "Deployment"))
            AddSeats(root, options, seatKeys, isServiceB: name == UpOptions.ServiceB);
        switch (root.Text("kind"), name)
        {
            case ("StatefulSet", UpOptions.ServiceB):
                root.Map("spec").Set("replicas", options.Replicas);
                foreach (YamlMappingNode container in Containers(root))
                    container.SetVariable("BERTH_BASE_PORT", options.BasePort.ToString(CultureInfo.InvariantCulture));
                break;
            case ("Service", UpOptions.ServiceB):
                foreach (YamlMappingNode port in root.Map("spec").Maps("ports"))
                    port.Set("port", options.BasePort);
                break;
            case ("Deployment", UpOptions.ServiceA):
                foreach (YamlMappingNode container in Containers(root))
                    container.SetArgument("--base-port", options.BasePort.ToString(CultureInfo.InvariantCulture));
                break;
        }
    }

    private static void AddSeats(YamlMappingNode root, UpOptions options, string seatKeys, bool isServiceB)
    {
        foreach (YamlMappingNode container in Containers(root))
        {
            container.SetVariable(SeatSettings.Keys.Variable, seatKeys);
            container.SetVariable(SeatSettings.DeskBasePort.Variable, options.DeskBasePort.ToString(CultureInfo.InvariantCulture));
            if (!isServiceB)
                continue;
            container.SetVariable(SeatSettings.Seats.Variable, options.Seats!.Value.ToString(CultureInfo.InvariantCulture));
            container.SetFieldVariable(SeatSettings.DeskAddress.Variable, "status.hostIP");
            container.SetFieldVariable("POD_UID", "metadata.uid");
        }
    }

    private static IEnumerable<YamlMappingNode> Containers(YamlMappingNode workload) =>
        workload.Map("spec").Map("template").Map("spec").Maps("containers");
}
