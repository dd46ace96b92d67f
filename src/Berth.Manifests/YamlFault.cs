namespace Berth.Manifests;

/// <summary>YAML that is not taken. The message is a clause, and names no file.</summary>
internal sealed class YamlFault(long line, string clause, Exception? inner = null) : Exception(clause, inner)
{
    public long Line => line;
}
