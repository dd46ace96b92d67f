using System.Globalization;
using System.Reflection;
using Berth.Cli.Hosting;
using Berth.Cli.Options;
using YamlDotNet.RepresentationModel;

namespace Berth.Cli.Up;

/// <summary>
/// The manifests of deploy/, as they are on a cluster, with the few values changed that the options of <c>berth up</c> ask for.
/// </summary>
internal static class BuiltInManifests
{
    private const string Prefix = "deploy/";

    /// <summary>Reads the manifests for a plan.</summary>
    /// <returns>A text for each file, the Namespace first.</returns>
    public static IReadOnlyList<string> Read(UpPlan plan)
    {
        Assembly assembly = typeof(BuiltInManifests).Assembly;
        string[] names =
            [.. assembly.GetManifestResourceNames().Where(static name => name.StartsWith(Prefix, StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)];
        if (names.Length == 0)
            throw CommandException.Usage("This build of berth carries no manifests. Give some with --file, such as deploy/base.");
        return [.. names.Select(name => Change(ReadText(assembly, name), plan))];
    }

    private static string ReadText(Assembly assembly, string name)
    {
        using StreamReader reader = new(assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }

    private static string Change(string text, UpPlan plan)
    {
        if (plan is { Replicas: 3, BasePort: PortSettings.DefaultBase })
            return text;
        YamlStream documents = [];
        using (StringReader reader = new(text))
            documents.Load(reader);
        foreach (YamlDocument document in documents)
        {
            if (document.RootNode is YamlMappingNode root)
                Change(root, plan);
        }

        using StringWriter writer = new(CultureInfo.InvariantCulture);
        documents.Save(writer, assignAnchors: false);
        return writer.ToString();
    }

    private static void Change(YamlMappingNode root, UpPlan plan)
    {
        string name = root.Map("metadata").Text("name");
        switch (root.Text("kind"), name)
        {
            case ("StatefulSet", UpPlan.ServiceB):
                root.Map("spec").Set("replicas", plan.Replicas);
                foreach (YamlMappingNode container in Containers(root))
                    container.SetVariable("BERTH_BASE_PORT", plan.BasePort.ToString(CultureInfo.InvariantCulture));
                break;
            case ("Service", UpPlan.ServiceB):
                foreach (YamlMappingNode port in root.Map("spec").Maps("ports"))
                    port.Set("port", plan.BasePort);
                break;
            case ("Deployment", UpPlan.ServiceA):
                foreach (YamlMappingNode container in Containers(root))
                    container.SetArgument("--base-port", plan.BasePort.ToString(CultureInfo.InvariantCulture));
                break;
        }
    }

    private static IEnumerable<YamlMappingNode> Containers(YamlMappingNode workload) =>
        workload.Map("spec").Map("template").Map("spec").Maps("containers");
}
