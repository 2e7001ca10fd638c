"""What the daemons of the cluster read. `root`: the cluster's folder; the names of daemons stand for their ports."""

DATABASE = """
create database slurm_acct_db;
create user slurm@localhost identified by 'loopback';
create user slurm@127.0.0.1 identified by 'loopback';
grant all on slurm_acct_db.* to slurm@localhost;
grant all on slurm_acct_db.* to slurm@127.0.0.1;
"""

SLURMDBD_CONF = """\
DbdHost={host}
DbdAddr=127.0.0.1
DbdPort={slurmdbd}
CommunicationParameters=NoInAddrAny
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket={root}/munge/socket
PidFile={root}/run/slurmdbd.pid
LogFile={root}/log/slurmdbd.log
StorageType=accounting_storage/mysql
StorageHost=127.0.0.1
StoragePort={mariadbd}
StorageUser=slurm
StoragePass=loopback
StorageLoc=slurm_acct_db
"""

SLURM_CONF = """\
ClusterName={name}
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={slurmctld}
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket={root}/munge/socket,cred_expire=10
CommunicationParameters=NoInAddrAny,NoCtldInAddrAny
SlurmctldPidFile={root}/run/slurmctld.pid
SlurmdPidFile={root}/run/%n.pid
SlurmdSpoolDir={root}/spool.%n
StateSaveLocation={root}/state
SlurmctldLogFile={root}/log/slurmctld.log
SlurmdLogFile={root}/log/%n.log
MailProg=/bin/true
MpiDefault=none
SwitchType=switch/none
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/linux
AccountingStorageType=accounting_storage/slurmdbd
AccountingStorageHost=127.0.0.1
AccountingStoragePort={slurmdbd}
AccountingStoragePass={root}/munge/socket
AccountingStorageTRES=gres/gpu
SchedulerParameters=batch_sched_delay=0,sched_interval=1,bf_interval=2
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU_Memory
SlurmdParameters=config_overrides
ReturnToService=2
SlurmctldTimeout=30
SlurmdTimeout=10
MinJobAge=600
KillWait=3
JobRequeue=0
GresTypes=gpu
DefMemPerCPU=500
NodeName=n1 NodeAddr=127.0.0.1 NodeHostName={host} Port={n1} CPUs=8 RealMemory=64000 Gres=gpu:1
NodeName=n2 NodeAddr=127.0.0.1 NodeHostName={host} Port={n2} CPUs=8 RealMemory=64000 Gres=gpu:1
PartitionName=main Nodes=n1,n2 Default=YES LLN=YES MaxTime=INFINITE State=UP
"""
