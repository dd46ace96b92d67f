namespace Berth.Kubernetes.Wire;

/// <summary>The common parts of every decoded object: its name, which is its identity within a list or watch, and its version.</summary>
internal interface IResource
{
    /// <summary>The object's name.</summary>
    string Name { get; }

    /// <summary>The server's version of this state of the object.</summary>
    string ResourceVersion { get; }
}
