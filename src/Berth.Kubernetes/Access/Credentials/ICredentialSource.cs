namespace Berth.Kubernetes.Access.Credentials;

/// <summary>Says who we are, freshly for each request: credentials expire and are rotated while we run. Safe for several threads.</summary>
internal interface ICredentialSource
{
    /// <summary>What a credential is being waited for just now, as a sentence; null when nothing is.</summary>
    string? Waiting => null;

    /// <summary>The credential to use now.</summary>
    /// <exception cref="ClusterAccessException">There is none, and there never was one.</exception>
    ValueTask<Credential> GetAsync(CancellationToken cancellationToken);

    /// <summary>
    /// The server answered 401 to this credential. The next <see cref="GetAsync"/> looks again where it comes from; if it is then still the
    /// same, there is no use in asking the server again.
    /// </summary>
    void Refuse(Credential refused);
}
