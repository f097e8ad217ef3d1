{{- define "kratos-graphql.selector" -}}
app.kubernetes.io/name: kratos-graphql
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "kratos-graphql.redisSelector" -}}
app.kubernetes.io/name: kratos-graphql-redis
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "kratos-graphql.labels" -}}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{- define "kratos-graphql.podSecurityContext" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
privileged: false
capabilities:
  drop: [ALL]
{{- end }}
