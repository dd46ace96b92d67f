using Berth.Cli.Options;

namespace Berth.Cli.Up;

/// <summary>The options of <c>berth up</c>.</summary>
internal static class UpSettings
{
    public const int DefaultPort = 8000;

    public static Setting<string[]> Files { get; } = new(
        "file", "FILE|DIR", "Manifests to run instead of the built-in ones; repeat for more.", ParseFiles, [], separator: ',', "-f");

    public static Setting<int?> Replicas { get; } = new(
        "replicas", "N", "The number of pods of service B, 0..1000. Default 3.", ParseReplicas, null);

    public static Setting<int?> BasePort { get; } = new(
        "base-port", "PORT", "The port of service-b-0, 1..65535; service-b-1 has the next one. Default 3000.", ParsePort, null);

    public static Setting<int?> Port { get; } = new(
        "port", "PORT", "The port of service A on 127.0.0.1, 1..65535. Default 8000.", ParsePort, null);

    public static Setting<int?> Seats { get; } = new(
        "seats", "N",
        "The number of clients that each pod of service B takes, 0..1000000, with desks from --desk-base-port on. Default: no desks.",
        ParseSeats, null);

    public static Setting<int?> Nodes { get; } = new(
        "nodes", "N", "The number of nodes, 1..50, each with an address 127.0.0.N and its own zone. Default 1.", ParseNodes, null);

    public static Setting<bool> ExternalAddresses { get; } = new(
        "external-addresses", "true|false", "Give each node an external address too, 127.1.0.N. Default false.",
        CommonParsers.OneOf("truth", ("true", true), ("false", false)), false);

    public static Setting<bool> Rbac { get; } = new(
        "rbac", "true|false", "Enforce Roles for the pods' service accounts, so that a missing rule shows. Default false.",
        CommonParsers.OneOf("truth", ("true", true), ("false", false)), false);

    public static Setting<bool> SkipUnknown { get; } = new(
        "skip-unknown",
        "true|false",
        "Skip objects of kinds that the local cluster does not have, and name them. Default false: refuse them.",
        CommonParsers.OneOf("truth", ("true", true), ("false", false)),
        false);

    public static Setting<string[]> Images { get; } = new(
        "image", "NAME=PATH", "The program of an image, berth included; repeat for more.", ParseImages, [], separator: ',');

    public static Setting<string?> KubeconfigOut { get; } = new(
        "kubeconfig-out", "PATH", "Also write the kubeconfig to this file. It is removed at the end.", CommonParsers.Text, null);

    public static Setting[] OfBuiltIn { get; } = [Replicas, BasePort, Port, Seats, SeatSettings.DeskBasePort];

    public static Setting[] All { get; } = [Files, .. OfBuiltIn, Nodes, ExternalAddresses, Rbac, SkipUnknown, Images, KubeconfigOut];

    private static string[] ParseFiles(string text, out string? fault)
    {
        string[] paths = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        string? missing = paths.FirstOrDefault(static path => !Path.Exists(path));
        fault = missing is null ? null : $"There is no file or folder '{missing}'. Give a manifest (YAML or JSON), or a folder of them.";
        return paths;
    }

    private static string[] ParseImages(string text, out string? fault)
    {
        string[] images = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        string? wrong = images.FirstOrDefault(
            static image => image.Split('=', 2) is not [{ Length: > 0 }, { Length: > 0 } path] || !File.Exists(path));
        fault = wrong is null
            ? null
            : $"'{wrong}' does not name an image and its program. " +
                "Write it as NAME=PATH, such as nginx=/usr/sbin/nginx, with a program that exists.";
        return images;
    }

    private static int? ParseSeats(string text, out string? fault) =>
        CommonParsers.Between(0, 1_000_000, "number of seats")(text, out fault);

    private static int? ParseNodes(string text, out string? fault) => CommonParsers.Between(1, 50, "number of nodes")(text, out fault);

    private static int? ParseReplicas(string text, out string? fault) =>
        CommonParsers.Between(0, 1000, "number of replicas")(text, out fault);

    private static int? ParsePort(string text, out string? fault) => CommonParsers.Between(1, 65535, "port")(text, out fault);
}
