using System.Text.RegularExpressions;

namespace Berth.LocalCluster.Runtime;

/// <summary>Reads the parts of a container's manifest that a process needs: program, arguments, fields of the pod.</summary>
internal static partial class ContainerSpec
{
    /// <summary>
    /// The program and arguments of a command, by the image's mapping. Null when the image is not mapped; without a map, every image is
    /// accepted. The program of an image replaces commands that only the image has, and gets them as its arguments.
    /// </summary>
    public static (string Executable, IReadOnlyList<string> Arguments)? Resolve(
        string image, IReadOnlyList<string> command, IReadOnlyList<string> args, IReadOnlyDictionary<string, ImageProgram>? images,
        Func<string, bool>? isHere = null)
    {
        if (images is null)
            return (image, [.. command, .. args]);
        string name = ImageName(image);
        if (!images.TryGetValue(name, out ImageProgram? program))
            return null;

        // True for the image's own program by its name in the image: /berth. Any other command is a program of this machine, if it exists.
        if (command.Count == 0 || Path.GetFileName(command[0]) == name)
            return (program.Executable, [.. program.LeadingArguments, .. command.Skip(1), .. args]);
        return isHere?.Invoke(command[0]) == false
            ? (program.Executable, [.. program.LeadingArguments, .. command, .. args])
            : (command[0], [.. command.Skip(1), .. args]);
    }

    /// <summary>An image's name without registry, path, tag and digest.</summary>
    public static string ImageName(string image)
    {
        string last = image[(image.LastIndexOf('/') + 1)..];
        int end = last.AsSpan().IndexOfAny(':', '@');
        return end < 0 ? last : last[..end];
    }

    /// <summary>$(NAME) becomes the variable's value, $$(NAME) stays as $(NAME), an unknown name stays as it is.</summary>
    public static string Expand(string text, IReadOnlyDictionary<string, string> environment) => Reference().Replace(
        text, match => match.Value == "$$" ? "$" : environment.GetValueOrDefault(match.Groups[1].Value, match.Value));

    /// <summary>The downward API's fields.</summary>
    public static string? Field(JsonObject pod, string path)
    {
        int bracket = path.IndexOf("['", StringComparison.Ordinal);
        if (bracket > 0 && path.EndsWith("']", StringComparison.Ordinal))
            return pod.Text([.. path[..bracket].Split('.'), path[(bracket + 2)..^2]]);

        // A pod has one address, and its node too.
        return pod.Text((path is "status.podIPs" or "status.hostIPs" ? path[..^1] : path).Split('.'));
    }

    [GeneratedRegex(@"\$\$|\$\(([^)]*)\)")]
    private static partial Regex Reference();
}
